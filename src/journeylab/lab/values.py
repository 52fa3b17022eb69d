"""One column of somebody's frame -> one column of the event contract, checked value by value."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from journeylab.errors import InputRefused

#: Channel of a name without a prefix where no column says another.
BARE_CHANNEL: Final = "events"

#: Names that stand for where journeys start and end, and for what a picture merges.
RESERVED: Final = (
    "(start)",
    "(converted)",
    "(dropped)",
    "(open)",
    "(end)",
    "(reached)",
    "(other)",
    "(continues)",
)

#: How errors call the caller's frame.
FRAME: Final = "the frame given to from_events"

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2199


def text(frame: pl.DataFrame, column: str) -> pl.Series:
    """A column as text: names stay, whole numbers lose nothing, NaN is null.

    Raises:
        InputRefused: it holds something else.
    """
    values = frame[column]
    kind = values.dtype
    if kind in (pl.String, pl.Null, pl.Categorical, pl.Enum) or kind.is_integer():
        return values.cast(pl.String)
    if kind.is_float():
        whole = values.fill_nan(None)
        if bool((whole.drop_nulls() == whole.drop_nulls().round()).all()):
            return whole.cast(pl.Int64).cast(pl.String)
    raise InputRefused(
        f"column {column!r} holds {kind}, wanted text or whole numbers",
        FRAME,
        f"cast it to text before: pl.col({column!r}).cast(pl.String)",
    )


def needed(frame: pl.DataFrame, column: str, part: str) -> pl.Series:
    """Text in every row.

    Raises:
        InputRefused: a row is null or blank.
    """
    values = text(frame, column)
    blank = values.is_null() | (values.str.strip_chars() == "").fill_null(value=True)
    if blank.any():
        raise InputRefused(
            f"{part}: {blank.sum()} of {len(values)} rows are null or blank,"
            f" the first is row {blank.arg_true()[0] + 1}",
            f"{FRAME}, column {column!r}",
            "fill them or filter those rows out; every row is one event",
        )
    return values


def given(frame: pl.DataFrame, column: str | None, part: str) -> pl.Series:
    """Text in every row where a column is named, else null.

    Raises:
        InputRefused: a row is null or blank.
    """
    if column is None:
        return pl.repeat(None, len(frame), dtype=pl.String, eager=True)
    return needed(frame, column, part)


def optional(frame: pl.DataFrame, column: str | None) -> pl.Series:
    """Text or null."""
    if column is None:
        return pl.repeat(None, len(frame), dtype=pl.String, eager=True)
    return text(frame, column)


def owner(frame: pl.DataFrame, column: str) -> pl.Series:
    """Who did it; null for nobody.

    Raises:
        InputRefused: a blank text, which would make one customer of many.
    """
    values = text(frame, column)
    blank = (values.str.strip_chars() == "").fill_null(value=False)
    if blank.any():
        raise InputRefused(
            f"{blank.sum()} rows have a blank text for a customer,"
            f" the first is row {blank.arg_true()[0] + 1}",
            f"{FRAME}, column {column!r}",
            "make them null: such events are kept and belong to nobody",
        )
    return values


def event_ids(frame: pl.DataFrame, column: str | None) -> pl.Series:
    """Names of the events; without a column ``row-<row number>``, whose order is the rows'.

    Raises:
        InputRefused: a name is null, blank or repeated.
    """
    if column is None:
        numbers = pl.Series(range(1, len(frame) + 1), dtype=pl.Int64).cast(pl.String)
        return "row-" + numbers.str.zfill(9)
    values = needed(frame, column, "event_id")
    if values.is_duplicated().any():
        twice = values.filter(values.is_duplicated())
        raise InputRefused(
            f"{values.is_duplicated().sum()} rows share an event_id, for example {twice[0]!r}",
            f"{FRAME}, column {column!r}",
            f"every row is one event: frame.unique({column!r}) keeps one of each,"
            " or leave event_id out",
        )
    return values


def sequence(frame: pl.DataFrame, column: str | None) -> pl.Series:
    """The source's own counter, 0 where there is none.

    Raises:
        InputRefused: it holds no whole numbers.
    """
    if column is None:
        return pl.repeat(0, len(frame), dtype=pl.Int64, eager=True)
    if not frame[column].dtype.is_integer():
        raise InputRefused(
            f"source_sequence holds {frame[column].dtype}, wanted whole numbers",
            f"{FRAME}, column {column!r}",
            "number the rows in the order of the source",
        )
    return frame[column].cast(pl.Int64).fill_null(0)


def channels(frame: pl.DataFrame, column: str | None, touchpoints: pl.Series) -> pl.Series:
    """The column where it says one, else the part before the colon, else ``events``."""
    prefix = touchpoints.str.extract(r"^([^:]+):", 1).fill_null(BARE_CHANNEL)
    if column is None:
        return prefix
    told = text(frame, column)
    return told.set(told == "", None).zip_with(told.is_not_null() & (told != ""), prefix)


def amount(frame: pl.DataFrame, column: str | None) -> pl.Series:
    """Amounts of money, rounded to four places.

    Raises:
        InputRefused: a value is no number, or has too many digits.
    """
    kind = pl.Decimal(18, 4)
    if column is None:
        return pl.repeat(None, len(frame), dtype=pl.Float64, eager=True).cast(kind)
    values = frame[column]
    if values.dtype.is_float():
        values = values.fill_nan(None).round(4)
    try:
        return values.cast(kind)
    except pl.exceptions.PolarsError as error:
        raise InputRefused(
            f"value holds what is no amount: {error}",
            f"{FRAME}, column {column!r}",
            "give numbers; null where there is none",
        ) from error


def packed_properties(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Further columns as one JSON object a row; times and decimals as text.

    Raises:
        InputRefused: a column holds bytes or objects, which JSON cannot say.
    """
    if not columns:
        return pl.repeat(None, len(frame), dtype=pl.String, eager=True)
    for name in columns:
        if _is_beyond_json(frame[name].dtype):
            raise InputRefused(
                f"property {name!r} holds {frame[name].dtype}, wanted text, numbers, times, lists",
                FRAME,
                "write it as text before, or leave it out",
            )
    plain = [
        pl.col(name).cast(pl.String)
        if frame[name].dtype.is_temporal() or frame[name].dtype.is_decimal()
        else pl.col(name)
        for name in columns
    ]
    packed = frame.select(pl.struct(plain).alias("packed"))
    return packed["packed"].struct.json_encode()


def _is_beyond_json(kind: object) -> bool:
    """Whether a column holds bytes or objects, be it deep inside."""
    if isinstance(kind, pl.List | pl.Array):
        return _is_beyond_json(kind.inner)
    if isinstance(kind, pl.Struct):
        return any(_is_beyond_json(field.dtype) for field in kind.fields)
    return isinstance(kind, pl.Binary | pl.Object)


def checked_instants(instants: pl.Series, column: str) -> pl.Series:
    """Instants as they are.

    Raises:
        InputRefused: one lies where only a wrong unit puts it.
    """
    years = instants.dt.year()
    odd = (years < _FIRST_YEAR) | (years > _LAST_YEAR)
    if odd.any():
        raise InputRefused(
            f"occurred_at: {odd.sum()} rows lie outside {_FIRST_YEAR} to {_LAST_YEAR},"
            f" the first is row {odd.arg_true()[0] + 1} with {instants.filter(odd)[0]}",
            f"{FRAME}, column {column!r}",
            "is the unit right (seconds, milliseconds)? filter out rows that are wrong",
        )
    return instants


def refuse_nobody(owners: Mapping[str, pl.Series]) -> None:
    """Refuse a frame none of whose rows belongs to anybody; a row without an owner is kept.

    Raises:
        InputRefused: every owner is null.
    """
    rows = len(next(iter(owners.values())))
    if rows and all(owner.null_count() == rows for owner in owners.values()):
        raise InputRefused(
            f"none of the {rows} rows has a customer",
            f"{FRAME}, {', '.join(owners)}",
            "name the column that says who did it; single rows without one are kept and counted",
        )


def refuse_reserved(touchpoints: pl.Series, column: str) -> None:
    """Refuse touchpoints named like the nodes journeylab adds.

    Raises:
        InputRefused: there is one.
    """
    taken = touchpoints.filter(touchpoints.is_in(RESERVED))
    if len(taken):
        raise InputRefused(
            f"touchpoint {taken[0]!r} is a name journeylab uses itself",
            f"{FRAME}, column {column!r}",
            "rename it; taken are " + ", ".join(RESERVED),
        )
