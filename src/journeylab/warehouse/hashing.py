"""Content hashes of tables: equal rows in any order and any file give an equal hash."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from duckdb import sqltype
from duckdb.sqltypes import DuckDBPyType

from journeylab.warehouse.connection import Warehouse, quoted

#: Published tables that tell of a run, not of the data: equal data may differ in them.
RUN_TABLES: Final = frozenset(
    {
        "check_results",
        "customer_aliases",
        "data_health",
        "deliveries",
        "identity_audit",
        "rejected_summary",
        "runs",
        "schema_drift",
        "snapshot_info",
    }
)

#: Columns that tell when a run took a row in: they differ with the grouping into nights.
RUN_COLUMNS: Final = frozenset({"loaded_at"})

#: Number of the way rows are hashed: sums of another way do not add up with those of this one.
WAY: Final = 2

_NESTED: Final = ("array", "list", "map", "struct")
_SALT: Final = 7_046_029_254_386_353_131


@dataclass(frozen=True, slots=True)
class Sums:
    """What a content hash is made of: number of rows, and sums of two hashes of each.

    They add: those of two parts of a table are together those of the table.
    """

    rows: int = 0
    plain: int = 0
    salted: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        """Sums over the rows of both."""
        return Sums(self.rows + other.rows, self.plain + other.plain, self.salted + other.salted)

    def __sub__(self, other: "Sums") -> "Sums":
        """Sums over the rows that are left when the other's leave."""
        return Sums(self.rows - other.rows, self.plain - other.plain, self.salted - other.salted)


def content_hash(warehouse: Warehouse, table: str) -> str:
    """Hash of a table's columns and rows that does not depend on the order of the rows.

    ``loaded_at`` is left out, because it tells of the run that took a row in. Floats count
    with 9 significant digits. A row that stands twice counts twice, because the rows' hashes
    are summed. The hash of a value is DuckDB's, so two snapshots compare only when one
    version of DuckDB published both.

    Args:
        warehouse: where the table stands.
        table: its name, with schema and database where needed.

    Returns:
        32 hexadecimal digits.

    Raises:
        QueryError: there is no such table.
    """
    return hash_of(warehouse.columns(table), content_sums(warehouse, table))


def content_sums(warehouse: Warehouse, table: str) -> Sums:
    """Sums over the rows of a table, of which ``hash_of`` makes its content hash.

    Args:
        warehouse: where the table stands.
        table: its name, with schema and database where needed.
    """
    hashes = _two_hashes(warehouse.columns(table))
    return sums_of_hashes(warehouse, f"select {hashes} from {quoted(table)}")


def sums_of_hashes(warehouse: Warehouse, query: str) -> Sums:
    """Sums over the columns ``plain`` and ``salted`` of a query."""
    rows, plain, salted = warehouse.rows(
        f"select count(*), sum(plain), sum(salted) from ({query})"
    )[0]
    return Sums(rows, plain or 0, salted or 0)


def hashes_of_rows(warehouse: Warehouse, table: str, *, where: str = "true") -> str:
    """Query of hashes of single rows: all three are equal where every value is.

    Its columns are ``place``, the row's number in the table, ``plain`` and ``salted``, which
    ``content_sums`` adds up, and ``rest``, a hash of what those two round or leave out.

    Args:
        warehouse: where the table stands.
        table: its name, with schema and database where needed.
        where: condition of the rows.
    """
    columns = warehouse.columns(table)
    rest = [
        _told(quoted(name), sqltype(kind))
        for name, kind in columns.items()
        if name in RUN_COLUMNS or _rounded(name, sqltype(kind)) != name
    ]
    told = f"hash({', '.join(rest)})" if rest else "0"
    hashes = f"{_two_hashes(columns)}, {told} as rest"
    return f"select rowid as place, {hashes} from {quoted(table)} where {where}"


def hash_of(columns: Mapping[str, str], sums: Sums) -> str:
    """Content hash of a table.

    Args:
        columns: column -> DuckDB type.
        sums: those over all its rows.
    """
    told = (sums.rows, sums.plain, sums.salted) if sums.rows else (0, None, None)
    return _digest(
        [*map(str, told), *(f"{name} {kind}" for name, kind in _hashed(columns).items())]
    )


def _two_hashes(columns: Mapping[str, str]) -> str:
    values = ", ".join(
        _exact(quoted(name), sqltype(kind)) for name, kind in _hashed(columns).items()
    )
    return f"hash(hash({values})) as plain, hash(hash({_SALT}, {values})) as salted"


def _hashed(columns: Mapping[str, str]) -> dict[str, str]:
    return {name: kind for name, kind in columns.items() if name not in RUN_COLUMNS}


def row_hash(columns: Mapping[str, str]) -> str:
    """Expression that is equal for rows that ``content_hash`` takes for equal.

    Args:
        columns: column -> DuckDB type; those that tell of the run are left out.
    """
    values = [
        _exact(quoted(name), sqltype(kind))
        for name, kind in columns.items()
        if name not in RUN_COLUMNS
    ]
    return f"hash({', '.join(values)})" if values else "0"


def combined_hash(tables: Mapping[str, str]) -> str:
    """Hash of a snapshot from the content hashes of its tables, run tables left out.

    Args:
        tables: table -> content hash.

    Returns:
        32 hexadecimal digits.
    """
    counted = sorted((name, told) for name, told in tables.items() if name not in RUN_TABLES)
    return _digest([f"{name} {told}" for name, told in counted])


def _exact(value: str, kind: DuckDBPyType) -> str:
    """Expression to hash that counts floats with 9 significant digits."""
    return _told(_rounded(value, kind), kind)


def _told(value: str, kind: DuckDBPyType) -> str:
    """Expression to hash: as JSON where nested, because ``hash`` takes [] and null for one."""
    return f"to_json({value})::varchar" if kind.id in _NESTED else value


def _rounded(value: str, kind: DuckDBPyType, depth: int = 0) -> str:
    """Expression that is equal for values that agree to 9 significant digits."""
    if kind.id in ("float", "double"):
        return _rounded_float(f"{value}::double")
    if kind.id not in _NESTED or ("FLOAT" not in str(kind) and "DOUBLE" not in str(kind)):
        return value
    parts = [(name, part) for name, part in kind.children if isinstance(part, DuckDBPyType)]
    element = f"element_{depth}"
    if kind.id in ("list", "array"):
        inner = _rounded(element, parts[0][1], depth + 1)
        return f"list_transform({value}, lambda {element}: {inner})"
    owner = element if kind.id == "map" else value
    fields = ", ".join(
        f"{quoted(name)} := {_rounded(f'{owner}.{quoted(name)}', part, depth + 1)}"
        for name, part in parts
    )
    if kind.id == "map":
        return f"list_transform(map_entries({value}), lambda {element}: struct_pack({fields}))"
    return f"case when {value} is not null then struct_pack({fields}) end"


def _rounded_float(value: str) -> str:
    """Expression of a float with 9 significant digits; of one beyond all measure by its digits.

    Scaling takes a fifth of what writing digits does, but powers of ten end where floats do.
    """
    scale = f"pow(10, 8 - floor(log10(abs({value}))))"
    return (
        f"case when {value} = 0 then 0"  # -0 too
        f" when abs({value}) between 1e-290 and 1e290 then round({value} * {scale}) / {scale}"
        f" else format('{{:.9g}}', {value})::double end"
    )


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
