"""Lab: one snapshot opened for questions. Every answer is a Polars table or a graph."""

from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import networkx as nx
import polars as pl

from journeylab.analysis.graph import journey_graph
from journeylab.analysis.what_if import Changes
from journeylab.errors import InputRefused, NoGoal, NothingSettled, UnknownName
from journeylab.events import CHANNEL_ORDER
from journeylab.lab.changes import changed_journeys
from journeylab.warehouse import Warehouse, ask, open_current, read_models

PARTS: Final = ("before", "after")
_LAST: Final = 50  # greatest number of steps and of touchpoints a step


def open(place: str | Path) -> "Lab":
    """Open a published snapshot for questions.

    Args:
        place: the folder of all snapshots, its link ``current``, one snapshot's folder, or
            a DuckDB file. Links are resolved: what is open stays as it is while later runs
            publish.

    Raises:
        NoSnapshot: nothing has been published there.
        QueryError: the file is no DuckDB database.
    """
    return Lab(open_current(Path(place)), str(place))


class Lab:
    """One set of published tables, held open on one read-only connection."""

    def __init__(self, warehouse: Warehouse, place: str) -> None:
        self._warehouse = warehouse
        self._place = place

    @property
    def tables(self) -> list[str]:
        """Names of all tables, sorted."""
        return [
            name.removeprefix("main.")
            for name in self._warehouse.table_names()
            if name.startswith("main.")
        ]

    def sql(self, query: str, /, **params: Any) -> pl.DataFrame:  # noqa: ANN401 - any plain value
        """Ask one question in SQL.

        Args:
            query: one statement that only reads; ``$name`` stands for a bound value.
            params: the values.

        Raises:
            InputRefused: it is no query, or more than one.
            QueryError: DuckDB refused it.

        Example:
            ``lab.sql("select * from steps where channel = $channel", channel="web")``
        """
        return ask(self._warehouse, query, params)

    def table(self, name: str) -> pl.DataFrame:
        """One table whole, in its stored order.

        Raises:
            UnknownName: there is none of that name; the nearest is named.
        """
        if name not in self.tables:
            raise UnknownName.of("table", name, self._place, self.tables)
        return self._warehouse.table(f"main.{name}")

    def graph(self, part: str = "before") -> nx.DiGraph:
        """The transition graph: touchpoints and the bracketed nodes where journeys start and end.

        Args:
            part: ``before`` or ``after`` the goal.

        Returns:
            Nodes and edges with the columns of ``graph_nodes`` and ``graph_edges``.

        Raises:
            InputRefused: there is no such part.
        """
        _refuse_unknown_part(part)
        return journey_graph(self.table("graph_nodes"), self.table("graph_edges"), part=part)

    def paths(
        self, start: str | None = None, *, steps: int = 5, top: int = 6, part: str = "before"
    ) -> pl.DataFrame:
        """What people did step by step: how many went from where to where.

        Args:
            start: touchpoint the paths start at, at each customer's first visit to it; None
                takes every journey from its first step.
            steps: columns, 1 to 50.
            top: touchpoints named in each column, 1 to 50; the rest is ``(other)``.
            part: ``before`` the goal, the goal included, or ``after`` it. Service journeys,
                which had no chance to buy, are left out.

        Returns:
            One row per (step, from_touchpoint, to_touchpoint, is_return), by step, then most
            journeys first. The rows of each step add up to the same number of journeys: one
            that has ended stays at its ``(converted)``, ``(dropped)``, ``(open)`` or
            ``(end)``; one that goes on beyond the last column goes to ``(continues)``.
            Columns: journeys; share of all; journeys_settled and conversion_rate of those;
            wait_p50_seconds and wait_p90_seconds between the two, null where nobody moved.

        Raises:
            InputRefused: a number out of range, or no such part.
            UnknownName: no journey has the start touchpoint; the nearest is named.
        """
        _refuse_unknown_part(part)
        for name, number in (("steps", steps), ("top", top)):
            if not 1 <= number <= _LAST:
                raise InputRefused(
                    f"{name} is {number}, wanted 1 to {_LAST}", "Lab.paths", f"choose {name} so"
                )
        if start is not None:
            known = self.sql("select touchpoint from touchpoints")["touchpoint"].to_list()
            if start not in known:
                raise UnknownName.of("touchpoint", start, self._place, known)
        params = {"start": start, "steps": steps, "top": top, "part": part}
        return self._warehouse.frame(read_models("lab")["lab.paths"].query, params)

    def touchpoints(self) -> pl.DataFrame:
        """The touchpoint inventory in the order of stages: ``touchpoints`` with stage_rank.

        Returns:
            One row per touchpoint, by stage, channel (web, email, chat, purchase, others) and
            name; those without a stage last. ``figures`` draw in this order.
        """
        ranks = {name: rank for rank, name in enumerate(CHANNEL_ORDER)}
        channel_rank = pl.col("channel").replace_strict(ranks, default=len(ranks))
        return (
            self.table("touchpoints")
            .join(self.table("stages").select("stage", "stage_rank"), on="stage", how="left")
            .sort("stage_rank", channel_rank, "channel", "touchpoint", nulls_last=True)
        )

    def loops(self) -> pl.DataFrame:
        """Loops people walk before the goal: ``loops``, most walked first."""
        return self.table("loops")

    def variants(self) -> pl.DataFrame:
        """Distinct paths up to the goal: ``variants``, most frequent first."""
        return self.table("variants")

    def bottlenecks(self) -> pl.DataFrame:
        """Where people wait, leave and go round, in units of each: ``bottlenecks``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("bottlenecks")

    def drop_offs(self) -> pl.DataFrame:
        """Where journeys ended without a goal: ``drop_offs``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("drop_offs")

    def kpis(self) -> pl.DataFrame:
        """The business figures: ``kpis``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("kpis")

    def close(self) -> None:
        """Close the connection; tables already returned stay."""
        self._warehouse.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Lab of {self._place}>"

    def _judged(self, name: str) -> pl.DataFrame:
        """A table of rates, which mean nothing without goals and settled journeys."""
        found = self.table(name)
        goals, settled, first, last = self._warehouse.rows(
            "select count(goal_at), count(*) filter (where is_settled),"
            " min(started_at), max(last_action_at) from journeys"
        )[0]
        if not goals:
            raise NoGoal(
                f"{name} needs a goal, and no journey reached one",
                self._place,
                "name touchpoints that occur: from_events(goals=[…]), or goal = true in"
                " touchpoints.toml; lab.table('touchpoints') lists them",
            )
        if not settled:
            raise NothingSettled(
                f"{name} needs settled journeys, and the data from {first} to {last} is too"
                " young for any",
                self._place,
                "wait, shorten journeys.journey_timeout_days, or say assume_complete=True if"
                " the log is finished",
            )
        return found

    def chances(self) -> pl.DataFrame:
        """Chance to convert, steps and time to the end, and removal effect: ``chances``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("chances")

    def chain_order(self) -> pl.DataFrame:
        """Whether the next move depends on the step before as well: ``chain_order``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("chain_order")

    def resampled_moves(self) -> pl.DataFrame:
        """Moves as counted (replicate 0) and resampled by customer: ``resampled_moves``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("resampled_moves")

    def what_if(self, changes: Changes) -> pl.DataFrame:
        """What settled journeys would have come to, had touchpoints been different.

        Args:
            changes: touchpoint -> measure -> share of its visits. ``exit_rate``: visits that
                end a dropped journey; the other moves scale. ``return_rate``: visits followed
                by a move to a lower stage; the others scale. ``slow_share``: visits followed
                by a wait above the reference of slow bottlenecks; those no longer slow take
                the mix of next moves of the others, which is associated, not caused.

        Returns:
            One row per change; with several, a last one of all jointly: present value and
            new one, conversions per 1,000 started journeys, and over the settled journeys
            more (or fewer) conversions, value and seconds a journey, all with intervals by a
            bootstrap over customers.

        Raises:
            InputRefused: no change, a goal, or a value that is no share or cannot be reached.
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
            UnknownName: there is no such touchpoint before the goal, or no such measure.

        Example:
            ``lab.what_if({"web:payment": {"exit_rate": 0.2}})``
        """
        return changed_journeys(
            self._judged("resampled_moves"),
            self.touchpoints(),
            self.table("graph_nodes"),
            self.sql("select distinct currency from journeys where is_settled"),
            changes,
        )


def _refuse_unknown_part(part: str) -> None:
    if part not in PARTS:
        raise InputRefused(f"no part {part!r}", "Lab", "write 'before' or 'after' (the goal)")
