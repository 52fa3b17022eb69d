"""Read SQL model files: the header that declares a table, and the query that makes it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, get_args

from journeylab.errors import ModelError, UnknownName
from journeylab.events import STAGED_COLUMNS, STAGED_MEANINGS

Scope = Literal["staging", "customer", "sums", "global"]

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
Severity = Literal["error", "warn"]

_LINE: Final = re.compile(r"^-- (?P<key>[a-z]+): *(?P<value>.*)$")
_ONCE: Final = (
    "model",
    "about",
    "scope",
    "grain",
    "key",
    "reads",
    "params",
    "kind",
    "python",
    "reader",
    "columns",
    "on",
    "severity",
)
_MANY: Final = ("column", "raw", "check", "default")


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column: its name, DuckDB type in lower case, and what it means."""

    name: str
    type: str
    text: str


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column a source format delivers: read as ``type``; a required one must be there."""

    name: str
    type: str
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A condition every row must meet; it passes where it is null."""

    severity: Severity
    condition: str
    message: str


@dataclass(frozen=True, slots=True)
class TableCheck:
    """A check over several tables: its query returns the faulty rows.

    It runs right after the table ``on``, which must be the last of those it reads.
    """

    name: str
    on: str
    severity: Severity
    about: str
    params: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Model:
    """One table: what its header declares and, unless Python makes it, its query."""

    name: str
    about: str
    scope: Scope
    grain: str
    key: tuple[str, ...]
    reads: tuple[str, ...]
    params: tuple[str, ...]
    columns: tuple[Column, ...]
    checks: tuple[RowCheck, ...]
    query: str
    path: Path
    python: str = ""
    reader: str = ""
    raw: tuple[RawColumn, ...] = field(default=())
    is_view: bool = False
    defaults: tuple[tuple[str, str], ...] = ()

    @property
    def schema(self) -> str:
        """First part of the name: the layer."""
        return self.name.split(".")[0]

    @property
    def table(self) -> str:
        """Last part of the name."""
        return self.name.split(".")[1]


def sql_root() -> Path:
    """Folder of the SQL models: in the wheel beside the package, else of the checkout."""
    packaged = Path(str(files("journeylab"))) / "sql"
    if packaged.is_dir():
        return packaged
    return Path(__file__).resolve().parents[3] / "sql"


@cache
def read_models(layer: str) -> dict[str, Model]:
    """Read every model of one layer.

    Args:
        layer: folder under ``sql/``, for example ``core``.

    Returns:
        model name -> model, sorted by name; empty when the layer has no file.

    Raises:
        ModelError: a header cannot be read.
    """
    paths = sorted((sql_root() / layer).rglob("*.sql"))
    models = (read_model(path) for path in paths)
    return {model.name: model for model in models}


@cache
def read_checks() -> tuple[TableCheck, ...]:
    """Read every check over several tables, sorted by name.

    Raises:
        ModelError: a header cannot be read.
    """
    return tuple(_table_check(path) for path in sorted((sql_root() / "checks").glob("*.sql")))


@cache
def read_model(path: Path) -> Model:
    """Read one model file.

    Raises:
        ModelError: the header lacks a key, repeats one, or has one nobody knows.
    """
    once, many, query = _parse(path.read_text(encoding="utf-8"), path)
    missing = [
        key for key in ("model", "about", "scope", "grain", "key", "reads") if key not in once
    ]
    if missing:
        raise ModelError(f"header lacks {', '.join(missing)}", str(path), "see CONTRIBUTING.md")
    if not query and "python" not in once:
        raise ModelError("no query and no 'python:' line", str(path), "add one of the two")
    kind = once.get("kind", "table")
    _one_of(kind, ("table", "view"), path)
    if kind == "view" and once.get("params"):
        raise ModelError("a view takes no params", str(path), "leave out 'kind' or 'params'")
    return Model(
        name=once["model"],
        about=once["about"],
        scope=_scope(once["scope"], path),
        grain=once["grain"],
        key=_names(once["key"]),
        reads=_names(once["reads"]),
        params=_names(once.get("params", "")),
        columns=(*_shared(once, path), *(_column(text, path) for text in many["column"])),
        checks=tuple(_check(text, path) for text in many["check"]),
        query=query,
        path=path,
        python=once.get("python", ""),
        reader=once.get("reader", ""),
        raw=tuple(_raw(text, path) for text in many["raw"]),
        is_view=kind == "view",
        defaults=tuple(_default(text, path) for text in many["default"]),
    )


def _table_check(path: Path) -> TableCheck:
    once, _, query = _parse(path.read_text(encoding="utf-8"), path)
    missing = [key for key in ("on", "severity", "about") if key not in once]
    if missing or not query:
        raise ModelError(f"check lacks {', '.join(missing) or 'a query'}", str(path), "add it")
    severity = once["severity"]
    _one_of(severity, ("error", "warn"), path)
    return TableCheck(
        name=path.stem,
        on=once["on"],
        severity="error" if severity == "error" else "warn",
        about=once["about"],
        params=_names(once.get("params", "")),
        query=query,
    )


def _parse(text: str, path: Path) -> tuple[dict[str, str], dict[str, list[str]], str]:
    once: dict[str, str] = {}
    many: dict[str, list[str]] = {key: [] for key in _MANY}
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.startswith("--"):
            return once, many, "\n".join(lines[number - 1 :]).strip().rstrip(";")
        found = _LINE.match(line)
        if found is None:
            raise ModelError(f"cannot read {line!r}", f"{path}:{number}", "write '-- key: value'")
        key, value = found["key"], found["value"].strip()
        if key in many:
            many[key].append(value)
        elif key not in _ONCE:
            raise UnknownName.of("header key", key, f"{path}:{number}", (*_ONCE, *_MANY))
        elif key in once:
            raise ModelError(f"{key!r} stands twice", f"{path}:{number}", "keep one")
        else:
            once[key] = value
    return once, many, ""


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _parts(text: str, count: int, path: Path) -> list[str]:
    parts = [part.strip() for part in text.split(" | ", count - 1)]
    if len(parts) != count:
        raise ModelError(f"{text!r} has {len(parts)} parts, not {count}", str(path), "use ' | '")
    return parts


def _shared(once: dict[str, str], path: Path) -> tuple[Column, ...]:
    """Columns that ``columns: staged`` stands for: the event contract as staging delivers it."""
    if "columns" not in once:
        return ()
    _one_of(once["columns"], ("staged",), path)
    kinds = STAGED_COLUMNS.items()
    return tuple(Column(name, kind.lower(), STAGED_MEANINGS[name]) for name, kind in kinds)


def _column(text: str, path: Path) -> Column:
    name, kind, meaning = _parts(text, 3, path)
    return Column(name, kind.lower(), meaning)


def _raw(text: str, path: Path) -> RawColumn:
    name, kind, need, meaning = _parts(text, 4, path)
    _one_of(need, ("required", "optional"), path)
    return RawColumn(name, kind.lower(), need == "required", meaning)


def _default(text: str, path: Path) -> tuple[str, str]:
    name, value = _parts(text, 2, path)
    return name, value


def _check(text: str, path: Path) -> RowCheck:
    severity, rest = text.split(" | ", 1)
    condition, message = rest.rsplit(" | ", 1)
    _one_of(severity.strip(), ("error", "warn"), path)
    return RowCheck("error" if severity.strip() == "error" else "warn", condition.strip(), message)


def _scope(text: str, path: Path) -> Scope:
    _one_of(text, SCOPES, path)
    return next(scope for scope in SCOPES if scope == text)


def _one_of(text: str, known: Iterable[str], path: Path) -> None:
    if text not in known:
        raise UnknownName.of("word", text, str(path), known)
