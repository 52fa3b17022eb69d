"""The spend file -> the config table that return on investment reads, or lines to ask of."""

from pathlib import Path
from typing import Final

import polars as pl

from journeylab.errors import SettingsError
from journeylab.settings import Settings

_MEND: Final = "columns: date (2026-03-31), channel or campaign, amount, currency"
_SCHEMA: Final = {
    "date": pl.Date(),
    "channel": pl.String(),
    "campaign": pl.String(),
    "amount": pl.Decimal(18, 4),
    "currency": pl.String(),
}


def spend_table(settings: Settings) -> pl.DataFrame:
    """Marketing spend of the spend file; empty where there is none.

    Returns:
        One row a line, in the order of the file: ``line_number``, ``spend_date``, ``channel``,
        ``campaign``, ``amount``, ``currency``.

    Raises:
        SettingsError: a column is missing, or a value is no date or number.
    """
    path = settings.paths.spend
    spend = read_spend(path) if path.is_file() else pl.DataFrame(schema=_SCHEMA)
    return (
        spend.select(list(_SCHEMA))
        .rename({"date": "spend_date"})
        .with_row_index("line_number", offset=1)
        .with_columns(pl.col("line_number").cast(pl.Int32))
    )


def read_spend(spend: str | Path | pl.DataFrame) -> pl.DataFrame:
    """Lines of marketing spend, checked.

    Args:
        spend: the file, or a frame of the same columns.

    Returns:
        One row a line, in their order: ``date``, ``amount``, ``currency``, ``channel`` and
        ``campaign`` (null where not given), and further columns as they are.

    Raises:
        SettingsError: no file, a column is missing, or a value is no date or number.
    """
    where = "the spend frame given" if isinstance(spend, pl.DataFrame) else str(spend)
    try:
        if isinstance(spend, pl.DataFrame):
            told = spend.with_columns(
                pl.col(name).str.to_date()
                if name == "date" and spend[name].dtype == pl.String
                else pl.col(name).cast(kind)
                for name, kind in _SCHEMA.items()
                if name in spend.columns
            )
        else:
            told = pl.read_csv(spend, schema_overrides=_SCHEMA)
        needed = told.select("date", "amount", "currency")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SettingsError(f"spend cannot be read: {error}", where, _MEND) from error
    gaps = needed.select(pl.any_horizontal(pl.all().is_null())).to_series().arg_true()
    if len(gaps):
        raise SettingsError(f"line {gaps[0] + 2} lacks its date, amount or currency", where, _MEND)
    missing = [name for name in ("channel", "campaign") if name not in told.columns]
    return told.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
