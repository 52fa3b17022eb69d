"""Frames of any library -> a Polars frame of the wanted columns. Never changes the frame."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from journeylab.errors import InputRefused, UnknownName


def as_polars(frame: Any, wanted: Sequence[str]) -> pl.DataFrame:  # noqa: ANN401 - any library's
    """Take the wanted columns out of a frame, rows in their order.

    Args:
        frame: a Polars frame (lazy or not), a pandas frame, an Arrow table or batch reader, a
            DuckDB relation, or anything else with the Arrow stream interface.
        wanted: names of columns, each at least once.

    Raises:
        InputRefused: it is no frame, or a column holds what Arrow cannot say.
        UnknownName: the frame lacks a column; the nearest is named.
    """
    names = list(dict.fromkeys(wanted))
    try:
        if isinstance(frame, pl.LazyFrame):
            _refuse_missing(names, frame.collect_schema().names())
            return frame.select(names).collect()
        if type(frame).__module__.split(".")[0] == "pandas" and hasattr(frame, "columns"):
            _refuse_missing(names, [name for name in frame.columns if isinstance(name, str)])
            taken: pl.DataFrame = pl.from_pandas(frame[names])
            return taken
        whole = _whole(frame)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        if isinstance(error, InputRefused):
            raise
        raise InputRefused(
            f"the frame cannot be read: {error}",
            f"from_events, a {type(frame).__name__}",
            "give every column one plain type: text, numbers, timestamps or booleans",
        ) from error
    _refuse_missing(names, whole.columns)
    return whole.select(names)


def _whole(frame: Any) -> pl.DataFrame:  # noqa: ANN401 - any library's
    if isinstance(frame, pl.DataFrame):
        return frame
    if hasattr(frame, "to_arrow_table"):
        return pl.DataFrame(frame.to_arrow_table())
    if hasattr(frame, "__arrow_c_stream__"):
        return pl.DataFrame(frame)
    raise InputRefused(
        f"a frame is wanted, got a {type(frame).__name__}",
        "from_events",
        "give a Polars or pandas frame, an Arrow table or a DuckDB relation",
    )


def _refuse_missing(wanted: Iterable[str], known: Sequence[str]) -> None:
    for name in wanted:
        if name not in known:
            raise UnknownName.of("column", name, "the frame given to from_events", known)
