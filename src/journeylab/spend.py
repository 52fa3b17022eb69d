"""The spend file -> the config table that return on investment reads."""

from typing import Final

import polars as pl

from journeylab.errors import SettingsError
from journeylab.settings import Settings

_MEND: Final = "columns: date (2026-03-31), channel or campaign, amount, currency"


def spend_table(settings: Settings) -> pl.DataFrame:
    """Marketing spend of the spend file; empty where there is none.

    Returns:
        One row a line, in the order of the file: ``line_number``, ``spend_date``, ``channel``,
        ``campaign``, ``amount``, ``currency``.

    Raises:
        SettingsError: a column is missing, or a value is no date or number.
    """
    schema = {
        "date": pl.Date(),
        "channel": pl.String(),
        "campaign": pl.String(),
        "amount": pl.Decimal(18, 4),
        "currency": pl.String(),
    }
    path = settings.paths.spend
    if path.is_file():
        try:
            spend = pl.read_csv(path, schema_overrides=schema)
            needed = spend.select("date", "amount", "currency")
        except pl.exceptions.PolarsError as error:
            raise SettingsError(f"spend cannot be read: {error}", str(path), _MEND) from error
        gaps = needed.select(pl.any_horizontal(pl.all().is_null())).to_series().arg_true()
        if len(gaps):
            raise SettingsError(
                f"line {gaps[0] + 2} lacks its date, amount or currency", str(path), _MEND
            )
    else:
        spend = pl.DataFrame(schema=schema)
    for name in ("channel", "campaign"):
        if name not in spend.columns:
            spend = spend.with_columns(pl.lit(None, pl.String).alias(name))
    return (
        spend.select(list(schema))
        .rename({"date": "spend_date"})
        .with_row_index("line_number", offset=1)
        .with_columns(pl.col("line_number").cast(pl.Int32))
    )
