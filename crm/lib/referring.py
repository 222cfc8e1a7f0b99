"""References of what is written by the million, looked up once a statement instead of once a row.

A foreign key asks for each row whether what it names is there, and locks and writes that row: a third of what a bill or
a task costs. Here one query looks up all rows of a statement, without a lock, and what they name is never deleted
(`stays`). So a reference is as sure as by a foreign key. docs/adr/0048-references.md.
"""

from typing import cast

import pgtrigger
from django.db import models

# A scalar subquery probes the key for each row, be they few or many: the plan is made once and kept by the session.
ABSENT = "({row}.{column} IS NOT NULL AND (SELECT r.{key} FROM {table} r WHERE {match}) IS NULL)"
REFUSE = """
    IF {found} THEN
        RAISE EXCEPTION '% names what is not there', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN {returned};
"""


class _Refers(pgtrigger.Trigger):
    when = pgtrigger.After
    row = "NEW"

    def __init__(self, *names: str, also: dict[str, str] | None = None, **kwargs: object) -> None:
        self.names, self.also = names, also or {}
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def absent(self, model: models.Model) -> str:
        return " OR ".join(self._absent(model, name) for name in self.names)

    def _absent(self, model: models.Model, name: str) -> str:
        field = cast("models.ForeignKey[models.Model]", model._meta.get_field(name))
        there = field.related_model._meta
        key = there.pk.column
        match = f"r.{key} = {self.row}.{field.column}"
        if name in self.also:
            match += f" AND r.{self.also[name]}_id = {self.row}.{self.also[name]}_id"
        return ABSENT.format(row=self.row, column=field.column, key=key, table=there.db_table, match=match)


class _Inserted(_Refers):
    level = pgtrigger.Statement
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="written")
    row = "w"

    def get_func(self, model: models.Model) -> str:
        return REFUSE.format(found=f"EXISTS (SELECT 1 FROM written w WHERE {self.absent(model)})", returned="NULL")


class _Updated(_Refers):
    def get_func(self, model: models.Model) -> str:
        return REFUSE.format(found=self.absent(model), returned="NEW")


def refers(*names: str, also: dict[str, str] | None = None) -> list[pgtrigger.Trigger]:
    """Triggers of a model whose foreign keys `names` have `db_constraint=False`. `also`: by such a key, another that
    must be the same on both sides. Raises IntegrityError in the statement that names what is not there."""
    all_names = (*names, *(also or {}).values())
    columns = pgtrigger.UpdateOf(*(f"{name}_id" for name in all_names))
    changed = pgtrigger.AnyChange(*all_names)
    return [
        _Inserted(*names, also=also, name="refers"),
        _Updated(*names, also=also, name="refers_still", operation=columns, condition=changed),
    ]


def stays() -> pgtrigger.Trigger:
    """Of what is named without a foreign key: never deleted. People are erased, lines are removed, by their state."""
    return pgtrigger.Protect(name="stays", operation=pgtrigger.Delete)
