"""A file's cells for whoever did not bring the file: who a row is about is blotted out, what it says is not."""

from collections.abc import Sequence

from crm.billing.loading.mapping import Mapping
from crm.customers.masking import DOT, mask_email
from crm.customers.personal_data import hidden

WHO = {"line", "email", "nik", "birth_date"}
SHOWN = 4


def blotted(cells: Sequence[str], names: Sequence[str], mapping: Mapping) -> list[str]:
    """`names` heads the cells. Cells that stand in a wrong column are looked through as texts are."""
    ours = set() if mapping.external else {"line"}
    secret = {
        column: field
        for part in mapping.parts
        for field, columns in part.columns.items()
        for column in columns
        if field in (WHO - {"line"}) | ours
    }
    heads = [*names, *[""] * (len(cells) - len(names))]
    return [_blot(cell, secret.get(name, "")) for cell, name in zip(cells, heads, strict=False)]


def _blot(cell: str, field: str) -> str:
    if field == "email" and "@" in cell:
        return mask_email(cell)
    if field == "birth_date":
        return DOT * SHOWN
    return DOT * SHOWN + cell[-SHOWN:] if field and len(cell) > 2 * SHOWN else hidden(cell)
