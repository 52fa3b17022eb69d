"""Which touches deserve the credit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from journeylab.lab import (
    attributing,
)
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question
from journeylab.lab.spending import Spend

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def attribution(
    lab: "Lab",
    /,
    model: str | Sequence[str] | None = None,
    *,
    by: str = "channel",
    transform: str = "exposure",
    look_back_days: float | None = 30,
    half_life_days: float = 7,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
    spend: Spend | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """Which touches deserve the credit for conversions: models side by side.

    Args:
        model: one or several of ``first``, ``last``, ``linear``, ``position`` (40 % first,
            40 % last, the rest between; two touches share), ``time_decay``, ``markov``
            (removal effects of the chain of touches, dropped journeys included, solved
            exactly), ``shapley`` (exact); None takes all.
        by: ``channel``, ``touchpoint``, ``source_group``, ``source`` (utm_source) or
            ``campaign`` of touches. Goals,
            losses and refunds are no touches, nor is what the brand did.
        transform: ``exposure`` drops repeats in a row, ``first`` keeps the first touch of
            each unit, ``unique`` keeps every touch, ``frequency`` keeps the first with how
            often the unit was touched: ``email (3)``.
        look_back_days: touches longer before the journey's end do not count; None for all
            of the journey.
        half_life_days: of ``time_decay``: a touch so long before the last one weighs half.
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.
        spend: a spend file, or a frame of its columns: date, amount, currency and the
            column named like ``by`` (for ``source`` and ``source_group``, ``channel`` will do).
            Journeys that ended and money spent on the same days are held together, up to the last
            day whose journeys are settled.
        seed: of the bootstrap.

    Returns:
        One row per (model, currency, unit) over settled journeys, most conversions first:
        conversions credited (they add up to conversions_total) with _low and _high,
        conversion_share likewise, value (gross; adds up to value_total to the cent)
        likewise, removal_effect (markov), journeys that touched it, converted of them,
        customers, is_insufficient. Currencies are never mixed; currency is null for
        conversions without a value. ``(none)`` earns what nothing touched. Intervals are a
        bootstrap over customers. With spend also spend, roas (value ÷ spend), roi (roas
        less 1) each with _low and _high, cost_per_conversion, spend_first_date and
        spend_last_date. Credit is associated, not caused.

    Raises:
        InputRefused: an unknown word, a window of zero, spend that cannot be joined.
        NoGoal: no journey asked converted.
        NothingSettled: no journey asked is settled.
        SettingsError: the spend cannot be read.
        UnknownName: a filter names what does not exist.
    """
    dials = attributing.Dials(
        models=model,
        by=by,
        transform=transform,
        look_back_days=look_back_days,
        half_life_days=half_life_days,
        where=where,
        segment=lab._within(segment),
        pattern=pattern,
        spend=spend,
        seed=seed,
    )
    return attributing.attributed(lab._warehouse, lab._place, dials)
