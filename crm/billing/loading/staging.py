"""A batch of rows, COPYed into a table of this transaction alone and judged there, one reason a row."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection

from crm.billing.loading.batching import Batch
from crm.billing.loading.fields import Field, Writing, column_type, meant, quoted, value, wrong
from crm.billing.loading.mapping import Mapping, Part


@dataclass(frozen=True)
class Lookup:
    """What is looked up for each judged row: `columns` in SQL, from `joined`, LATERAL over `judged`."""

    columns: str
    joined: str


def stage(batch: Batch, mapping: Mapping, lookup: Lookup) -> None:
    """Makes `judged`: the row, its part, `problem` (field|reason) or the values, and what was looked up. All parts of a
    row share its fate."""
    staged = ", ".join(f"f_{place} text" for place in range(len(batch.columns)))
    batch.text.seek(0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # compiling takes longer than it saves
        cursor.execute("DROP TABLE IF EXISTS staged, judged")
        cursor.execute(f"CREATE TEMP TABLE staged (row int, {staged}) ON COMMIT DROP")
        cursor.cursor.copy_expert(f"COPY staged FROM STDIN (FORMAT csv, DELIMITER {_mark(batch)})", batch.text)
        cursor.execute(f"""
            CREATE TEMP TABLE judged ON COMMIT DROP AS
            SELECT judged.*, {lookup.columns} FROM ({_judge(batch, mapping)} OFFSET 0) judged {lookup.joined}
        """)
        # A table without figures would be joined row by row.
        cursor.execute("ANALYZE judged (row, part, problem, line, customer_id)")


def _mark(batch: Batch) -> str:
    return "E'\\t'" if batch.delimiter == "\t" else quoted(batch.delimiter)


def _cell(batch: Batch, name: str) -> str:
    return f"f_{batch.columns.index(name)}"


def _rows(batch: Batch, mapping: Mapping) -> str:
    """Each row as often as it has parts, without the blanks around its cells."""
    return " UNION ALL ".join(
        f"SELECT row, {number} AS part, {_tidy(batch, part, mapping.parts[0].columns)} FROM staged"
        for number, part in enumerate(mapping.parts)
    )


def _tidy(batch: Batch, part: Part, names: Iterable[str]) -> str:
    return ", ".join(
        f"nullif(btrim({_cell(batch, column)}), '') AS c_{name}_{at}"
        for name in names
        for at, column in enumerate(part.columns[name])
    )


def _judge(batch: Batch, mapping: Mapping) -> str:
    """Level upon level, each kept apart by its OFFSET: nothing is worked out twice, and no value is read before its row
    is known to be right. Without keeping rows in between, as a WITH would."""
    sources = _sources(mapping)
    read = ", ".join(
        f"{_meant(name, sql, mapping)} AS x_{name}_{at}"
        for name, all_sql in sources.items()
        for at, sql in enumerate(all_sql)
    )
    fields = [one for one in mapping.sheet.fields if one.name in sources]
    problem = ", ".join(_problem(field, mapping, len(sources[field.name])) for field in fields)
    share = "min(problem) OVER (PARTITION BY row)" if len(mapping.parts) > 1 else "problem"
    values = ", ".join(_column(field, mapping, len(sources.get(field.name, ()))) for field in mapping.sheet.fields)
    return f"""
        SELECT row, part, problem, {_noted(mapping)} AS noted, {values} FROM (
            SELECT {_without_problem(sources)}, {share} AS problem FROM (
                SELECT *, coalesce({problem}) AS problem FROM (
                    SELECT row, part, {read} FROM ({_rows(batch, mapping)} OFFSET 0) tidy OFFSET 0
                ) meant OFFSET 0
            ) tested OFFSET 0
        ) shared
    """


def _meant(name: str, x: str, mapping: Mapping) -> str:
    field = _field(name, mapping)
    return meant(field, f"({x})", _writing(field, mapping))


def _field(name: str, mapping: Mapping) -> Field:
    """A line is a telephone number where the mapping says so."""
    field = mapping.sheet.field(name)
    assert field is not None
    return replace(field, kind="number") if name == "line" and not mapping.external else field


def _without_problem(sources: dict[str, list[str]]) -> str:
    return ", ".join(["row", "part", *(f"x_{name}_{at}" for name, many in sources.items() for at in range(len(many)))])


def _sources(mapping: Mapping) -> dict[str, list[str]]:
    """Field: SQL of each column it is made of, in the words that we use."""
    sources = {name: [quoted(one)] for name, one in mapping.fixed.items()}
    for name, names in mapping.parts[0].columns.items():
        sources[name] = [_translated(f"c_{name}_{at}", mapping.values.get(name, {})) for at in range(len(names))]
    if mapping.parts[0].month:
        cases = " ".join(f"WHEN {number} THEN {quoted(part.month)}" for number, part in enumerate(mapping.parts))
        sources["month"] = [f"CASE part {cases} END"]
    return sources


def _translated(column: str, words: dict[str, str]) -> str:
    if not words:
        return column
    cases = " ".join(f"WHEN {quoted(said)} THEN {quoted(meant)}" for said, meant in words.items())
    return f"CASE {column} {cases} ELSE {column} END"


def _problem(field: Field, mapping: Mapping, columns: int) -> str:
    field = _field(field.name, mapping)
    found = ", ".join(wrong(field, f"x_{field.name}_{at}", _writing(field, mapping)) for at in range(columns))
    own = f"coalesce({found})"
    if field.name == "line" and mapping.external:
        own = f"coalesce({found}, CASE WHEN length(x_line_0) > {20 - len(mapping.source) - 1} THEN 'too_long' END)"
    return f"{quoted(field.name + '|')} || {own}"


def _writing(field: Field, mapping: Mapping) -> Writing:
    """A month that the mapping names itself is written our way, whatever the file's days look like."""
    if field.name == "month" and mapping.parts[0].month:
        return Writing()
    return mapping.writing


def _column(field: Field, mapping: Mapping, columns: int) -> str:
    """What the file says nothing about is there too, as NULL."""
    meant = f"CASE WHEN problem IS NULL THEN {_value(field, mapping, columns)} END" if columns else "NULL"
    return f"({meant})::{column_type(field)} AS {field.name}"


def _value(field: Field, mapping: Mapping, columns: int) -> str:
    if field.name == "line" and mapping.external:
        return f"{quoted(mapping.source + ':')} || x_line_0"
    each = [value(field, f"x_{field.name}_{at}", _writing(field, mapping)) for at in range(columns)]
    if len(each) == 1:
        return each[0]
    known = " OR ".join(f"x_{field.name}_{at} IS NOT NULL" for at in range(columns))
    return f"CASE WHEN {known} THEN {' + '.join(f'coalesce({one}, 0)' for one in each)} END"


def _noted(mapping: Mapping) -> str:
    """The first field whose blank the mapping wants reported."""
    cases = " ".join(f"WHEN x_{name}_0 IS NULL THEN {quoted(name + '|blank')}" for name in mapping.report_blank)
    return f"CASE {cases} END" if cases else "NULL::text"
