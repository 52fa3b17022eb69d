"""Frames of any library -> a Polars frame of the wanted columns. Never changes the frame."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from journeylab.errors import InputRefused, UnknownName

_FRAME: Final = "the frame given to from_events"


def as_polars(frame: Any, wanted: Sequence[str]) -> pl.DataFrame:  # noqa: ANN401 - any library's
    """Take the wanted columns out of a frame, rows in their order.

    Args:
        frame: a Polars frame (lazy or not), a pandas frame, an Arrow table or batch reader, a
            DuckDB relation, anything else with the Arrow stream interface, or the path of a
            Parquet file.
        wanted: names of columns, each at least once.

    Raises:
        InputRefused: it is no frame, or a column holds what Arrow cannot say.
        UnknownName: the frame lacks a column; the nearest is named.
    """
    names = list(dict.fromkeys(wanted))
    if isinstance(frame, str | Path):
        frame = _parquet(Path(frame))
    try:
        if isinstance(frame, pl.LazyFrame):
            _refuse_missing(names, frame.collect_schema().names())
            return frame.select(names).collect()
        if type(frame).__module__.split(".")[0] == "pandas" and hasattr(frame, "columns"):
            known = [name for name in frame.columns if isinstance(name, str)]
            _refuse_missing(names, known)
            _refuse_repeated(names, known)
            for name in names:
                _refuse_mixed_zones(name, frame[name])
            taken: pl.DataFrame = pl.from_pandas(frame[names])
            return taken
        whole = _whole(frame)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OSError) as error:
        if isinstance(error, InputRefused):
            raise
        raise InputRefused(
            f"the frame cannot be read: {error}",
            f"from_events, a {type(frame).__name__}",
            "give every column one plain type: text, numbers, timestamps or booleans",
        ) from error
    _refuse_missing(names, whole.columns)
    return whole.select(names)


def _parquet(path: Path) -> pl.LazyFrame:
    if not path.exists():
        raise InputRefused(f"there is no file {path}", "from_events", "give a Parquet file's path")
    return pl.scan_parquet(path)


def _whole(frame: Any) -> pl.DataFrame:  # noqa: ANN401 - any library's
    if isinstance(frame, pl.DataFrame):
        return frame
    if hasattr(frame, "to_arrow_table"):
        frame = frame.to_arrow_table()
    if hasattr(frame, "__arrow_c_stream__"):
        names = getattr(getattr(frame, "schema", None), "names", [])
        _refuse_repeated(names, names)
        return pl.DataFrame(frame)
    raise InputRefused(
        f"a frame is wanted, got {type(frame).__name__}",
        "from_events",
        "give a Polars or pandas frame, an Arrow table, a DuckDB relation or a Parquet file's path",
    )


def _refuse_missing(wanted: Iterable[str], known: Sequence[str]) -> None:
    for name in wanted:
        if name not in known:
            raise UnknownName.of("column", name, _FRAME, known)


def _refuse_repeated(wanted: Iterable[str], known: Sequence[str]) -> None:
    for name in wanted:
        if known.count(name) > 1:
            raise InputRefused(
                f"{known.count(name)} columns are called {name!r}",
                _FRAME,
                "rename all but one, or leave them out",
            )


def _refuse_mixed_zones(name: str, values: Any) -> None:  # noqa: ANN401 - a pandas column
    """Refuse instants some of which have a zone: Arrow would take the others as UTC unasked."""
    if values.dtype != object:
        return
    zoned = [value.tzinfo is not None for value in values if isinstance(value, datetime)]
    if len(set(zoned)) > 1:
        raise InputRefused(
            f"{name!r} holds {sum(zoned)} instants with a zone and {len(zoned) - sum(zoned)}"
            " without one",
            f"{_FRAME}, column {name!r}",
            "give all of them a zone: pd.to_datetime(frame[…], utc=True) takes the others as UTC",
        )
