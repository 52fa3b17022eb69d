"""Bottlenecks: where people wait, for whom, who waits right now, and what ends a visit."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from journeylab import figures
from journeylab.figures.bottlenecks import GROUPS
from journeylab.lab import Lab
from journeylab.views.asked import NOBODY_SETTLED, held, nobody_settled, population
from journeylab.views.content import Column, Content, Drill, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.wording import money_text, share_text, time_text

_WAIT_COLUMNS: Final = (
    Column(name="label", label="After"),
    Column(name="owner", label="Responsible"),
    Column(name="total", label="Hours waited in total", form="number"),
    Column(name="n", label="Waits (settled)", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="wait_p50_seconds", label="Median wait", form="seconds"),
    Column(name="wait_p90_seconds", label="One in ten waits longer than", form="seconds"),
    Column(name="figure", label="Mean hours a wait", form="number"),
    Column(name="reference", label="Mean hours in comparable places", form="number"),
    Column(name="excess", label="Hours more than there", form="number"),
    Column(name="excess_low", label="From (95%)", form="number"),
    Column(name="excess_high", label="To (95%)", form="number"),
    Column(name="exit_rate", label="Exit rate per visit", form="share"),
    Column(name="exit_rate_low", label="Exit rate from (95%)", form="share"),
    Column(name="exit_rate_high", label="Exit rate to (95%)", form="share"),
    Column(name="visits_settled", label="Settled visits (base of the rate)", form="count"),
    Column(name="return_share", label="Visits that were returns", form="share"),
    Column(name="conversions", label="Conversions associated with it", form="number"),
    Column(name="value", label="Value associated with it", form="money"),
    Column(name="value_currency", label="Currency"),
    Column(name="is_business_time", label="Business hours alone", form="yes"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)
_WAIT_DEFINITION: Final = (
    "A wait runs from leaving a touchpoint to the next step of the same journey, before the goal."
    " Rows are ranked by the hours of all waits of settled journeys added up, each wait at most"
    " as long as the journey timeout. Median and slowest tenth are over all journeys, open ones"
    " too. The hours more compare the mean wait with that of the other touchpoints of the stage,"
    " or of all where the stage has too few visits. Conversions and value are associated with the"
    " longer waits, not caused by them, and do not add up over rows. The exit rate is per visit:"
    " the last of a dropped journey among all settled visits."
)
_QUEUE_COLUMNS: Final = (
    Column(name="label", label="Waiting after"),
    Column(name="owner", label="Responsible"),
    Column(name="waiting", label="Customers waiting", form="count"),
    Column(name="waited_p50_seconds", label="Median wait so far", form="seconds"),
    Column(name="waited_longest_seconds", label="Longest wait so far", form="seconds"),
    Column(name="value_at_stake", label="Value at stake", form="money"),
    Column(name="value_currency", label="Currency"),
)
_STAY_COLUMNS: Final = (
    Column(name="label", label="Touchpoint"),
    Column(name="visits", label="Visits", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="open_visits", label="Still running", form="count"),
    Column(name="goal_share", label="End with the goal", form="share"),
    Column(name="advance_share", label="On to a later stage", form="share"),
    Column(name="stay_share", label="Within the stage", form="share"),
    Column(name="lateral_share", label="To a place without a stage", form="share"),
    Column(name="back_share", label="Back to an earlier stage", form="share"),
    Column(name="loss_share", label="End with a loss", form="share"),
    Column(name="leave_share", label="Leave for good", form="share"),
    Column(name="open_share", label="Not known yet", form="share"),
    Column(name="stay_p50_seconds", label="Half have ended after", form="seconds"),
    Column(name="stay_p90_seconds", label="Nine in ten have ended after", form="seconds"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)


def bottlenecks(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Waits by whose turn it is, the queue, and what ends visits."""
    if nobody_settled(lab, filters, choices):
        return Content(headline="", empty=NOBODY_SETTLED)
    who = population(lab, filters, choices)
    own = held(lab, filters, choices)
    found = own.counted("bottlenecks", "drop_offs", "graph_nodes", "stays")
    nodes = found["graph_nodes"]
    slow = _slow(found)
    waits = [
        _waits(slow, nodes, waits_for, title, who, dark)
        for waits_for, title in GROUPS.items()
        if waits_for in slow["waits_for"].to_list()
    ]
    panels = (
        *waits,
        _queue(own.waiting_now(), filters, dark),
        _stays(found["stays"], who, dark),
    )
    return Content(headline=_headline(slow), panels=panels)


def _slow(found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Slow touchpoints beside their waits, exit rates and returns, most hours first."""
    faces = found["bottlenecks"]
    churny = faces.filter(face="churny").select("touchpoint", return_share="figure")
    rates = found["drop_offs"].select(
        "touchpoint", "exit_rate", "exit_rate_low", "exit_rate_high", "visits_settled"
    )
    waits = (
        found["graph_nodes"]
        .filter(part="before")
        .select("wait_p50_seconds", "wait_p90_seconds", touchpoint="node")
    )
    return (
        faces.filter(face="slow")
        .join(waits, on="touchpoint", how="left")
        .join(rates, on="touchpoint", how="left")
        .join(churny, on="touchpoint", how="left")
        .filter(pl.col("n") > 0)
        .sort("total", "touchpoint", descending=[True, False])
    )


def _headline(slow: pl.DataFrame) -> str:
    ours = slow.filter(waits_for="us")
    told = ours if not ours.is_empty() else slow
    if told.is_empty():
        return "Nobody moved on after a touchpoint, so there are no waits yet."
    row = told.row(0, named=True)
    whose = "for us" if row["waits_for"] == "us" else "in all"
    return (
        f"People wait {whose} longest after {row['label']}: half of the waits take"
        f" {time_text(row['wait_p50_seconds'])} or more, {row['total']:,.0f} hours over"
        f" {row['n']:,} waits of {row['customers']:,} customers."
    )


def _waits(
    slow: pl.DataFrame,
    nodes: pl.DataFrame,
    waits_for: str | None,
    title: str,
    who: str,
    dark: bool,
) -> Panel:
    own = slow.filter(pl.col("waits_for").eq_missing(pl.lit(waits_for)))
    row = own.row(0, named=True)
    share = row["total"] / own["total"].sum() if own["total"].sum() else 0.0
    return Panel(
        name=f"waits_{waits_for or 'unset'}",
        title=title,
        sentence=(
            f"{own['total'].sum():,.0f} hours over {own['n'].sum():,} waits; {share_text(share)}"
            f" of the hours after {row['label']}, where one wait in ten takes"
            f" {time_text(row['wait_p90_seconds'])} or more."
        ),
        population=who,
        definition=_WAIT_DEFINITION,
        table=own,
        columns=_WAIT_COLUMNS,
        figure=figures.bottlenecks(own, nodes, title=title, dark=dark),
        drill=Drill(table="bottlenecks", keys=("touchpoint",), fixed={"face": "slow"}),
        note=(
            "A wait after a mail, or between two visits to a page, is no queue: it is the"
            " customer's own time. Whose turn it is stands in the touchpoint file (waits_for)."
        ),
    )


def _queue(queue: pl.DataFrame, filters: Filters, dark: bool) -> Panel:
    by_place = (
        queue.group_by("touchpoint", "label", "owner")
        .agg(
            waiting=pl.len(),
            waited_p50_seconds=pl.col("waited_seconds").median(),
            waited_longest_seconds=pl.col("waited_seconds").max(),
            value_at_stake=pl.col("value_at_stake").sum(),
            value_currency=pl.col("value_currency").drop_nulls().first(),
        )
        .sort("waiting", "touchpoint", descending=[True, False])
    )
    return Panel(
        name="waiting_now",
        title="Waiting for us right now",
        sentence=_waiting(queue),
        population=(
            f"All {queue.height:,} customers who wait at the end of the data"
            + (", in a journey that fits the filters" if filters.is_narrowed else "")
            + "; journeys about help alone and after-care included."
        ),
        definition=(
            "A customer waits for us when the last action lies within the journey timeout, is at a"
            " touchpoint that waits for us or in a conversation, and no agent has answered since."
            " The wait so far runs to the end of the data. The value at stake is the chance to"
            " convert from there times the mean value of a conversion, for open journeys alone;"
            " both are worked out at night, over all journeys."
        ),
        table=by_place,
        columns=_QUEUE_COLUMNS,
        figure=figures.waiting_now(queue, dark=dark),
        drill=Drill(table="waiting_now", keys=("touchpoint",), count="waiting"),
    )


def _waiting(queue: pl.DataFrame) -> str:
    if queue.is_empty():
        return "Nobody waits for us at the end of the data."
    row = queue.row(0, named=True)
    currency = queue["value_currency"].drop_nulls()
    stake = float(queue["value_at_stake"].sum() or 0)
    worth = (
        f" About {money_text(stake, currency[0])} are at stake." if len(currency) and stake else ""
    )
    return (
        f"{queue.height:,} customers wait for an answer, the longest for"
        f" {time_text(row['waited_seconds'])} after {row['label']}.{worth}"
    )


def _stays(stays: pl.DataFrame, who: str, dark: bool) -> Panel:
    table = stays.sort("leave_share", "touchpoint", descending=[True, False])
    sure = table.filter(~pl.col("is_insufficient"))
    sentence = "No touchpoint has visits of 30 customers."
    if not sure.is_empty():
        row = sure.row(0, named=True)
        sentence = (
            f"{share_text(row['leave_share'])} of {row['visits']:,} visits to {row['label']} end"
            " with silence for good, more than anywhere else."
        )
    return Panel(
        name="stays",
        title="What ends a visit",
        sentence=sentence,
        population=who,
        definition=(
            "A stay begins with the last event of a visit and ends by the goal, a loss, a move, or"
            " by silence for the journey timeout. Visits of open journeys count for as long as"
            " they were watched (Aalen-Johansen), so that slow touchpoints are not flattered."
            " Every part of a bar leads to all journeys that visited the touchpoint."
        ),
        table=table,
        columns=_STAY_COLUMNS,
        figure=figures.stays(table, dark=dark),
        drill=Drill(table="stays", keys=("touchpoint",)),
    )
