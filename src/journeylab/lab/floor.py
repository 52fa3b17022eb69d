"""The floor of customers over what a Lab answers, for dashboards and reports of others."""

import polars as pl

from journeylab.lab.opening import Lab
from journeylab.privacy import FLOORED, floored


def with_floor(lab: Lab, k: int | None) -> Lab:
    """The same open snapshot with the floor laid over its tables of paths.

    Args:
        lab: any Lab; closing either closes both.
        k: least customers of a row; None for no floor.

    Returns:
        A Lab of which the tables of ``FLOORED``, published or counted anew for some journeys,
        have their rows under ``k`` customers merged into '(other)'.
    """

    def laid(name: str, rows: pl.DataFrame) -> pl.DataFrame:
        if k is None or name not in FLOORED or "customers" not in rows.columns:
            return rows
        return floored(rows, name, k=k)[0]

    return lab if k is None else Lab(lab._warehouse, lab._place, lab._held, laid, lab._kept)
