"""Lab: one snapshot opened for questions. Every answer is a Polars table or a graph."""

from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import networkx as nx
import polars as pl

from journeylab.errors import InputRefused, NoGoal, NothingSettled, UnknownName
from journeylab.events import CHANNEL_ORDER
from journeylab.lab import graphs
from journeylab.lab.graph_files import GraphForm, write_graph
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

    def graph(self, part: str = "before", *, where: str | None = None) -> nx.DiGraph:
        """The transition graph: touchpoints and the bracketed nodes where journeys start and end.

        Args:
            part: ``before`` or ``after`` the goal.
            where: condition in SQL over the columns of ``journeys``, for example
                ``entry_channel = 'email'``; the same models then count those journeys alone.

        Returns:
            Nodes and edges with the columns of ``graph_nodes`` and ``graph_edges``.

        Raises:
            InputRefused: there is no such part, or ``where`` is no single condition.
            UnknownName: ``journeys`` lacks a column that ``where`` names.
        """
        _refuse_unknown_part(part)
        return graphs.transition_graph(self._warehouse, part=part, where=where)

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

    def nodes(self, *, where: str | None = None) -> pl.DataFrame:
        """Nodes of the transition graph: ``graph_nodes``, or of some journeys; see ``graph``."""
        return graphs.table(self._warehouse, "graph_nodes", where=where)

    def edges(self, *, where: str | None = None) -> pl.DataFrame:
        """Edges of the transition graph: ``graph_edges``, or of some journeys; see ``graph``."""
        return graphs.table(self._warehouse, "graph_edges", where=where)

    def stage_nodes(self, *, where: str | None = None) -> pl.DataFrame:
        """Nodes between stages: ``stage_nodes``, or of some journeys; see ``graph``."""
        return graphs.table(self._warehouse, "stage_nodes", where=where)

    def stage_edges(self, *, where: str | None = None) -> pl.DataFrame:
        """Moves between stages by direction: ``stage_edges``, or of some journeys."""
        return graphs.table(self._warehouse, "stage_edges", where=where)

    def stage_graph(self, *, where: str | None = None) -> nx.MultiDiGraph:
        """The graph between stages before the goal, one edge per direction.

        Args:
            where: condition on the journeys that are counted; see ``graph``.

        Returns:
            Nodes and edges with the columns of ``stage_nodes`` and ``stage_edges``; the key
            of an edge is its direction, '' to and from bracketed nodes.
        """
        return graphs.stage_graph(self._warehouse, where=where)

    def graph_findings(self) -> pl.DataFrame:
        """What graph theory finds, each with a sentence and its evidence: ``graph_findings``."""
        return self.table("graph_findings")

    def export_graph(
        self,
        output: str | Path,
        *,
        form: GraphForm = "graphml",
        part: str = "before",
        where: str | None = None,
    ) -> None:
        """Write the transition graph to a file for Gephi, Cytoscape or NetworkX.

        Args:
            output: the file; an older one is replaced.
            form: ``graphml``, ``gexf`` or ``node-link`` (JSON).
            part: ``before`` or ``after`` the goal.
            where: condition on the journeys that are counted; see ``graph``.

        Raises:
            InputRefused: there is no such form or part.
        """
        write_graph(self.graph(part, where=where), Path(output), form=form)

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


def _refuse_unknown_part(part: str) -> None:
    if part not in PARTS:
        raise InputRefused(f"no part {part!r}", "Lab", "write 'before' or 'after' (the goal)")
