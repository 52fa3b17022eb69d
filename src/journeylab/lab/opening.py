"""Lab: one snapshot opened for questions. Every answer is a Polars table or a graph."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import networkx as nx
import polars as pl
from sqlglot import exp

from journeylab.analysis.time_to_convert import conversion_curves, time_to_convert
from journeylab.analysis.what_if import Changes
from journeylab.errors import InputRefused, NoGoal, NothingSettled, UnknownName
from journeylab.events import CHANNEL_ORDER
from journeylab.lab import (
    attributing,
    choosing,
    comparing,
    converting,
    funnel_followups,
    funnels,
    graphs,
    returning,
    selecting,
    typical,
    walking,
)
from journeylab.lab.changes import changeable_touchpoints, changed_journeys
from journeylab.lab.choosing import Group, Segment
from journeylab.lab.chosen import tables_of
from journeylab.lab.durations import Duration
from journeylab.lab.funnel_dials import Funnel
from journeylab.lab.funnel_steps import Exclusion, StepLike
from journeylab.lab.graph_files import GraphForm, write_graph
from journeylab.lab.spending import Spend
from journeylab.lab.typical import MapLike
from journeylab.lab.walking import PARTS, Dials, refuse_unknown
from journeylab.warehouse import Warehouse, ask, open_current

SURVEYS: Final = ("csat", "nps")
PERIODS: Final = {"day": "kpis_daily", "week": "kpis_weekly"}

#: Tables that can be counted for some journeys, and whether they need goals and settled ones.
COUNTED: Final = {
    "graph_nodes": False,
    "graph_edges": False,
    "stage_nodes": False,
    "stage_edges": False,
    "drop_offs": True,
    "drop_off_paths": True,
    "loops": False,
    "next_moves": True,
    "ping_pong": False,
    "stage_kpis": True,
    "variants": False,
    "visits_by_outcome": True,
}


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

    def graph(
        self,
        part: str = "before",
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> nx.DiGraph:
        """The transition graph: touchpoints and the bracketed nodes where journeys start and end.

        Args:
            part: ``before`` or ``after`` the goal.
            where: condition on columns of ``journeys``, for example
                ``"entry_channel = 'email'"``; the same models then count those journeys alone.
            segment: segment, name of one, or period (from, before) of the journeys' start.
            pattern: path pattern the journeys must fit.

        Returns:
            Nodes and edges with the columns of ``graph_nodes`` and ``graph_edges``.

        Raises:
            InputRefused: there is no such part, or a filter cannot be read.
            UnknownName: a filter names a column, segment or touchpoint that does not exist.
        """
        refuse_unknown("part", part, PARTS)
        journeys = self._chosen(where, segment, pattern)
        return graphs.transition_graph(self._warehouse, journeys, part=part)

    def paths(
        self,
        start: str | None = None,
        *,
        end: str | None = None,
        around: str | None = None,
        occurrence: str = "first",
        per: str = "customer",
        offset: int = 0,
        steps: int = 5,
        top: int = 6,
        part: str = "before",
        through: Sequence[str] | None = None,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """What people did step by step: how many went from where to where.

        Args:
            start: touchpoint the paths start at, in column 1. None, with neither ``end`` nor
                ``around``, takes every journey from its first step.
            end: touchpoint the paths lead to, in the last column, or a way journeys ended
                (``(converted)``, ``(dropped)``, ``(open)``), which takes every such journey.
            around: touchpoint in the middle column; ``steps`` columns count it and those
                before, and as many it and those after.
            occurrence: ``first`` or ``last`` visit to it, or ``all``: each is a path then.
            per: first or last of each ``customer`` or of each ``journey``.
            offset: steps after it, or before it where negative, that stand in its column
                instead; journeys without such a step are left out.
            steps: columns, 1 to 50.
            top: touchpoints named in each column, 1 to 50; the rest is ``(other)``.
            part: ``before`` the goal, the goal included, or ``after`` it. Service journeys,
                which had no chance to buy, are left out.
            through: touchpoints whose visits alone count as steps, so that a row says who went
                there *eventually*, whatever happened between; None says who went there *next*.
            where: condition on columns of ``journeys``, for example ``"device = 'mobile'"``.
            segment: segment, name of one, or period (from, before) of the journeys' start.
            pattern: path pattern the journeys must fit.

        Returns:
            One row per (step, from_touchpoint, to_touchpoint, is_return), by step, then most
            journeys first; ``step`` is the column the move leaves, 0 for the move into the
            first column of views with ``end`` or ``around``. The paths of each step add up to
            the same number: one that has ended stays at its ``(converted)``, ``(dropped)``,
            ``(open)`` or ``(end)``, one that has not begun at ``(start)``; one that goes on
            beyond the columns is ``(continues)``.
            Columns: journeys; paths; share of all paths; journeys_settled and conversion_rate
            of those; wait_p50_seconds and wait_p90_seconds, null where nobody moved.

        Raises:
            InputRefused: a number out of range, several anchors, or an unknown word.
            UnknownName: no journey has the touchpoint; the nearest is named.
        """
        dials = Dials(
            start=start,
            end=end,
            around=around,
            occurrence=occurrence,
            per=per,
            offset=offset,
            steps=steps,
            top=top,
            part=part,
            through=through,
            where=where,
            segment=segment,
            pattern=pattern,
        )
        return walking.paths(self._warehouse, self._place, dials)

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

    def loops(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Loops people walk before the goal: ``loops``, or of some journeys; most walked first."""
        return self.counted("loops", where=where, segment=segment, pattern=pattern)["loops"]

    def variants(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Distinct paths up to the goal: ``variants``, or of some journeys; most frequent first."""
        return self.counted("variants", where=where, segment=segment, pattern=pattern)["variants"]

    def bottlenecks(self) -> pl.DataFrame:
        """Where people wait, leave and go round, in units of each: ``bottlenecks``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("bottlenecks")

    def drop_offs(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Where journeys ended without a goal: ``drop_offs``, or of some as in ``graph``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self.counted("drop_offs", where=where, segment=segment, pattern=pattern)["drop_offs"]

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

    def journeys(
        self,
        pattern: str | None = None,
        *,
        where: str | None = None,
        segment: Group | None = None,
        limit: int | None = 1000,
    ) -> pl.DataFrame:
        """Journeys whose path fits a pattern, one row each.

        Args:
            pattern: for example ``"web:cart -> [^purchase:completed]* -> (end)"``, see
                ``journeylab.patterns.parse_pattern``; it is held against the steps up to the
                goal, service journeys left out. None takes all, service journeys too.
            where: condition on columns of ``journeys``.
            segment: segment, name of one, or period (from, before) of the journeys' start.
            limit: greatest number of rows; None for all. ``journey_counts`` counts them.

        Returns:
            Rows of ``journeys`` by customer_id and journey_number, and first_matched_step,
            last_matched_step (the leftmost match, its runs as long as they can be) and
            matches (those that do not overlap); null without a pattern.

        Raises:
            InputRefused: a pattern or condition that cannot be read; the column is shown.
            UnknownName: a touchpoint, column or segment does not exist.
        """
        return selecting.journeys(
            self._warehouse, self._place, pattern, where=where, segment=segment, limit=limit
        )

    def journey_counts(
        self,
        pattern: str | None = None,
        *,
        where: str | None = None,
        segment: Group | None = None,
    ) -> pl.DataFrame:
        """How many journeys fit a pattern, and how many of them convert.

        Args:
            pattern: as in ``journeys``.
            where: as in ``journeys``.
            segment: as in ``journeys``.

        Returns:
            One row, service journeys left out: journeys, customers, journeys_settled,
            converted (settled), customers_settled, conversion_rate with _low and _high,
            is_insufficient, and share of all journeys.

        Raises:
            InputRefused: as ``journeys``.
            UnknownName: as ``journeys``.
        """
        return selecting.journey_counts(
            self._warehouse, self._place, pattern, where=where, segment=segment
        )

    def journeys_of(
        self,
        table: str,
        row: Mapping[str, Any],
        *,
        where: str | None = None,
        segment: Group | None = None,
        limit: int | None = 1000,
        **dials: Any,  # noqa: ANN401 - dials of paths, checked there
    ) -> pl.DataFrame:
        """Journeys behind one row of a table.

        Args:
            table: ``paths``, ``graph_edges``, ``arcs`` (an edge of ``graph_edges`` by whether
                it goes back: is_return), ``graph_nodes``, ``drop_offs`` (those that ended
                there), ``drop_off_paths``, ``bottlenecks``, ``loops``, ``next_moves``,
                ``ping_pong``, ``stage_kpis``, ``stays``, ``variants``,
                ``visits_by_outcome`` (the dropped ones), ``waiting_now`` (by touchpoint),
                ``archetypes``, ``deviations`` or ``zombie_leads`` (all that stand at the row's
                touchpoint).
            row: the row, as ``frame.row(0, named=True)``; only its key is read.
            where: the condition the table was asked with.
            segment: the segment the table was asked with.
            limit: greatest number of rows; None for all.
            dials: for ``paths``, what it was asked with.

        Returns:
            Rows of ``journeys`` and ``occurrences``: how often each did it. Rows and
            occurrences add up to the row's ``journeys`` and ``transitions``, ``visits``,
            ``exits``, ``occurrences``, ``bounces``, ``stays`` or ``paths``; in ``bottlenecks`` to
            ``n`` visits for the slow face, to ``total`` for the others.

        Raises:
            InputRefused: the row lacks a column of the key.
            UnknownName: rows of that table do not lead to journeys.

        Example:
            ``lab.journeys_of("paths", picture.row(0, named=True), start="web:cart", steps=3)``
        """
        return selecting.journeys_of(
            self._warehouse,
            self._place,
            table,
            row,
            where=where,
            segment=segment,
            limit=limit,
            dials=dials,
        )

    def segments(self) -> pl.DataFrame:
        """Every level of every segment, built in or named in the segments file.

        Returns:
            One row per (segment, level), sorted so; level is null for journeys of which it is
            not known, ``true`` and ``false`` for segments of the file. Columns as
            ``journey_counts``.
        """
        return selecting.segments(self._warehouse)

    def segment(
        self,
        name: str,
        level: str | None = "true",
        *,
        journeys: str | None = None,
        customers: str | None = None,
        pattern: str | None = None,
    ) -> Segment:
        """One level of a segment, as a filter for other questions.

        Args:
            name: a segment of the segments file, or ``first_channel``, ``source_group``,
                ``device``, ``value_band``, ``sales_cycle``, ``outcome``; any name where the
                segment is defined here.
            level: its level; None for the journeys of which it is not known. Segments of the
                file have ``true`` and ``false``.
            journeys: defines it by a condition on columns of ``journeys``.
            customers: defines it by a condition on columns of ``customers``.
            pattern: defines it by a path pattern.

        Raises:
            InputRefused: a definition that cannot be read, or several.
            UnknownName: there is no such segment or level.
        """
        told = {"journeys": journeys, "customers": customers, "pattern": pattern}
        return choosing.segment(self._warehouse, self._place, name, level, told)

    def compare(
        self,
        a: Group,
        b: Group | None = None,
        *,
        on: str = "edges",
        part: str = "before",
        where: str | None = None,
        within: Group | None = None,
    ) -> pl.DataFrame:
        """How the settled journeys of two groups differ, tested by permuting customers.

        Args:
            a: segment, name of one, or period (from, before) of the journeys' start.
            b: the same; None takes all other journeys. No journey may be in both.
            on: ``edges`` (share of the moves out of their source), ``nodes`` (reach,
                exit_rate, return_share) or ``kpis``.
            part: ``before`` or ``after`` the goal; ``kpis`` look before it.
            where: condition on columns of ``journeys``, for both groups.
            within: group of which both are parts, as a segment for two periods of it.

        Returns:
            One row per measure and edge, node or KPI: value_a, value_b, difference (a - b)
            with _low and _high at 95 % for shares, effect_size (Cohen's h for shares, else
            difference ÷ value_b), p_value and p_adjusted (Benjamini-Hochberg over all rows),
            is_significant (at 5 %), n_a, n_b, customers_a, customers_b, is_insufficient, and
            the sizes of the groups. Surest differences first; KPIs in their own order.
            Differences are associated with the groups, not caused by what parts them.

        Raises:
            InputRefused: the groups share journeys, or an unknown word.
            NothingSettled: a group has no settled journey.
            UnknownName: a segment or column does not exist.
        """
        return comparing.compare(
            self._warehouse, self._place, a, b, on=on, part=part, where=where, within=within
        )

    def drift(
        self, *, part: str = "before", where: str | None = None, segment: Group | None = None
    ) -> pl.DataFrame:
        """How far the map of each week lies from that of all weeks before it.

        Args:
            part: ``before`` or ``after`` the goal.
            where: condition on columns of ``journeys``.
            segment: segment, name of one, or period of the journeys' start.

        Returns:
            One row per week in which settled journeys started, Mondays in UTC, in order:
            week_start_date, journeys, journeys_open (not settled yet and not counted else),
            customers, transitions, transitions_before, distance (total variation between
            the shares of edges, 0 to 1; null for the first week), is_immature (some of its
            journeys are not settled), is_insufficient. Few
            transitions alone make a distance: compare it with weeks of like size.

        Raises:
            InputRefused: a condition that cannot be read, or an unknown word.
            UnknownName: a segment or column does not exist.
        """
        return comparing.drift(
            self._warehouse, self._place, part=part, where=where, segment=segment
        )

    def nodes(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Nodes of the graph: ``graph_nodes``, or of some journeys as in ``graph``."""
        journeys = self._chosen(where, segment, pattern)
        return graphs.table(self._warehouse, "graph_nodes", journeys)

    def edges(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Edges of the graph: ``graph_edges``, or of some journeys as in ``graph``."""
        journeys = self._chosen(where, segment, pattern)
        return graphs.table(self._warehouse, "graph_edges", journeys)

    def stage_nodes(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Nodes between stages: ``stage_nodes``, or of some journeys as in ``graph``."""
        journeys = self._chosen(where, segment, pattern)
        return graphs.table(self._warehouse, "stage_nodes", journeys)

    def stage_edges(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Moves between stages: ``stage_edges``, or of some journeys as in ``graph``."""
        journeys = self._chosen(where, segment, pattern)
        return graphs.table(self._warehouse, "stage_edges", journeys)

    def stage_graph(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> nx.MultiDiGraph:
        """The graph between stages before the goal, one edge per direction.

        Args:
            where: condition on columns of ``journeys``.
            segment: segment, name of one, or period (from, before) of the journeys' start.
            pattern: path pattern the journeys must fit.

        Returns:
            Nodes and edges with the columns of ``stage_nodes`` and ``stage_edges``; the key
            of an edge is its direction, '' to and from bracketed nodes.
        """
        return graphs.stage_graph(self._warehouse, self._chosen(where, segment, pattern))

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
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> None:
        """Write the transition graph to a file for Gephi, Cytoscape or NetworkX.

        Args:
            output: the file; an older one is replaced.
            form: ``graphml``, ``gexf`` or ``node-link`` (JSON).
            part: ``before`` or ``after`` the goal.
            where: condition on columns of ``journeys``.
            segment: segment, name of one, or period (from, before) of the journeys' start.
            pattern: path pattern the journeys must fit.

        Raises:
            InputRefused: there is no such part, or a filter cannot be read.
            UnknownName: there is no such form.
        """
        graph = self.graph(part, where=where, segment=segment, pattern=pattern)
        write_graph(graph, Path(output), form=form)

    def _chosen(
        self, where: str | None, segment: Group | None, pattern: str | None
    ) -> exp.Query | None:
        return choosing.chosen(
            self._warehouse, self._place, where=where, group=segment, pattern=pattern
        )

    def _judged(self, name: str) -> pl.DataFrame:
        """A table of rates, which mean nothing without goals and settled journeys."""
        self._judge(name)
        return self.table(name)

    def _judge(self, name: str) -> None:
        """Refuse to give rates without goals and settled journeys."""
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

    def stays(self) -> pl.DataFrame:
        """How long visits last and what ends them, open journeys included: ``stays``."""
        return self.table("stays")

    def stay_curves(self) -> pl.DataFrame:
        """Share of the visits ended by each cause over time: ``stay_curves``."""
        return self.table("stay_curves")

    def next_moves(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Where people went next, by direction: ``next_moves``, or of some as in ``graph``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self.counted("next_moves", where=where, segment=segment, pattern=pattern)[
            "next_moves"
        ]

    def drop_off_paths(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """What dropped journeys did last: ``drop_off_paths``, or of some as in ``graph``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self.counted("drop_off_paths", where=where, segment=segment, pattern=pattern)[
            "drop_off_paths"
        ]

    def visits_by_outcome(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Where dropped journeys had been: ``visits_by_outcome``, or of some as in ``graph``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self.counted("visits_by_outcome", where=where, segment=segment, pattern=pattern)[
            "visits_by_outcome"
        ]

    def waiting_now(self) -> pl.DataFrame:
        """Customers who wait for us at the horizon, longest first: ``waiting_now``."""
        return self.table("waiting_now")

    def conformance(self, map: MapLike | None = None) -> pl.DataFrame:
        """How many settled journeys follow the designed map: ``conformance``.

        Args:
            map: another map to hold them against: a file, its content as a mapping, or a
                ``DesignedMap``; None reads the published table, which is empty where the run
                had no map file.

        Raises:
            SettingsError: the map cannot be used as it stands.
            UnknownName: it names a touchpoint or stage that does not exist.
        """
        return self.table("conformance") if map is None else typical.conformance(self, map)

    def deviations(self) -> pl.DataFrame:
        """Where settled journeys leave the designed map: ``deviations``, most journeys first."""
        return self.table("deviations")

    def conformance_weekly(self) -> pl.DataFrame:
        """The share that follows the designed map by week of start: ``conformance_weekly``."""
        return self.table("conformance_weekly")

    def journey_conformance(self) -> pl.DataFrame:
        """How each settled journey fits the designed map: ``journey_conformance``."""
        return self.table("journey_conformance")

    def starter_map(self) -> str:
        """A designed map to start from, as the text of designed_map.toml, to be edited.

        Returns:
            The touchpoints that most buyers visit, in the order in which they first do; those
            that fewer visit as optional steps.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        self._judged("conformance")
        return typical.starter_map(self)

    def archetypes(self) -> pl.DataFrame:
        """Typical journeys: ``archetypes``, largest first; empty where there is no structure."""
        return self.table("archetypes")

    def archetype_quality(self) -> pl.DataFrame:
        """Whether journeys fall into types at all: ``archetype_quality``, with a verdict."""
        return self.table("archetype_quality")

    def archetype_steps(self, archetype_number: int | None = None) -> pl.DataFrame:
        """The moves of one archetype, or of all: ``archetype_steps``, most walked first."""
        moves = self.table("archetype_steps")
        if archetype_number is None:
            return moves
        return moves.filter(pl.col("archetype_number") == archetype_number)

    def journey_archetypes(self) -> pl.DataFrame:
        """The archetype of each settled journey: ``journey_archetypes``."""
        return self.table("journey_archetypes")

    def ping_pong(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Pairs people go to and fro between: ``ping_pong``, or of some journeys; most first."""
        return self.counted("ping_pong", where=where, segment=segment, pattern=pattern)["ping_pong"]

    def rework(self) -> pl.DataFrame:
        """Asking us again, on the same channel or another: ``rework``, most frequent first."""
        return self.table("rework")

    def voice(self, survey: str | None = None) -> pl.DataFrame:
        """What customers said per touchpoint and transition: ``voice``, delights first.

        Args:
            survey: ``csat`` or ``nps``; None for both.

        Raises:
            InputRefused: there is no such survey.
        """
        if survey not in (None, *SURVEYS):
            raise InputRefused(f"no survey {survey!r}", "Lab.voice", "write 'csat' or 'nps'")
        found = self.table("voice")
        return found if survey is None else found.filter(survey=survey)

    def response_times(self) -> pl.DataFrame:
        """How soon agents answer, per channel and week: ``response_times``."""
        return self.table("response_times")

    def campaigns(self) -> pl.DataFrame:
        """Mail campaigns from delivery to goal: ``campaigns``, largest first."""
        return self.table("campaigns")

    def kpis_by(self, period: str = "week") -> pl.DataFrame:
        """The business figures by ``day`` or ``week``: ``kpis_daily`` or ``kpis_weekly``.

        Raises:
            InputRefused: there is no such period.
        """
        if period not in PERIODS:
            raise InputRefused(f"no period {period!r}", "Lab.kpis_by", "write 'day' or 'week'")
        return self.table(PERIODS[period])

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

    def opportunities(self) -> pl.DataFrame:
        """What to mend first, sure enough to be told: ``opportunities``, best worth first.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("opportunities")

    def zombie_leads(self) -> pl.DataFrame:
        """Open customers who will hardly buy: ``zombie_leads``, least chance first.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("zombie_leads")

    def moments_of_influence(self) -> pl.DataFrame:
        """Touchpoints seen by nearly all, or quiet but decisive: ``moments_of_influence``.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self._judged("moments_of_influence")

    def automation_candidates(self) -> pl.DataFrame:
        """Hand work that always leads to the same: ``automation_candidates``."""
        return self.table("automation_candidates")

    def after_care_answers(self) -> pl.DataFrame:
        """Questions after the goal and how soon they were answered: ``after_care_answers``."""
        return self.table("after_care_answers")

    def stage_kpis(
        self,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Who reaches each stage and drops there: ``stage_kpis``, or of some as in ``graph``.

        Returns:
            Rows by stage. For some journeys stay_p50_seconds is null: how long stays last is
            counted at night, for all.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return self.counted("stage_kpis", where=where, segment=segment, pattern=pattern)[
            "stage_kpis"
        ]

    def counted(
        self,
        *names: str,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> dict[str, pl.DataFrame]:
        """Several tables at once, as published, or of some journeys as in ``graph``.

        Args:
            names: of ``graph_nodes``, ``graph_edges``, ``stage_nodes``, ``stage_edges``,
                ``drop_offs``, ``drop_off_paths``, ``loops``, ``next_moves``, ``ping_pong``,
                ``stage_kpis``, ``variants``, ``visits_by_outcome``. Tables asked for together
                share the work.
            where: condition on columns of ``journeys``.
            segment: segment, name of one, or period (from, before) of the journeys' start.
            pattern: path pattern the journeys must fit.

        Returns:
            name -> table.

        Raises:
            NoGoal: no journey reached a goal, and a table is of rates.
            NothingSettled: no journey is settled, and a table is of rates.
            UnknownName: a table is not among those that can be counted so.
        """
        for name in names:
            if name not in COUNTED:
                raise UnknownName.of("table for some journeys", name, "Lab.counted", COUNTED)
        if any(COUNTED[name] for name in names):
            self._judge(" and ".join(names))
        journeys = self._chosen(where, segment, pattern)
        if journeys is None:
            return {name: self.table(name) for name in names}
        return tables_of(self._warehouse, journeys, names)

    def changeable(self) -> pl.DataFrame:
        """What ``what_if`` can lower: touchpoints and measures above 0.

        Returns:
            One row per touchpoint and measure, by both: touchpoint, measure, present (share of
            visits), visits and customers with settled ones.

        Raises:
            NoGoal: no journey reached a goal.
            NothingSettled: no journey is settled.
        """
        return changeable_touchpoints(
            self._judged("resampled_moves"), self.touchpoints(), self.table("graph_nodes")
        )

    def designed_map(self) -> pl.DataFrame:
        """Steps of the designed map, in order: ``designed_map``; empty without a map file."""
        return self.table("designed_map")

    def headline(self, *, where: str | None = None, segment: Group | None = None) -> pl.DataFrame:
        """What came of journeys: the figures a page shows first.

        Args:
            where: condition on columns of ``journeys``.
            segment: segment, name of one, or period (from, before) of the journeys' start.

        Returns:
            One row, service journeys left out: journeys, customers, open; journeys_settled and
            customers_settled; over the settled ones converted, dropped and returned (came back
            to a touchpoint seen before), each with _rate, _rate_low and _rate_high (95 %, by
            customer); steps_p50 of the settled ones, time_to_goal_p50_seconds of those that
            converted; is_insufficient (fewer than 30 customers). Rates and medians are null
            where nothing is settled.

        Raises:
            InputRefused: a condition that cannot be read.
            UnknownName: a column or segment does not exist.
        """
        return selecting.headline(self._warehouse, self._place, where=where, segment=segment)

    def journey_steps(self, customer_id: str, journey_id: str) -> pl.DataFrame:
        """The steps of one journey in their order: rows of ``steps``; none if there is none."""
        return selecting.journey_steps(self._warehouse, customer_id, journey_id)

    def beside(self) -> "Lab":
        """A second Lab on the same open snapshot, for another thread; close each of them."""
        return Lab(self._warehouse.cursor(), self._place)

    def attribution(
        self,
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
            by: ``channel``, ``touchpoint``, ``source_group`` or ``campaign`` of touches. Goals,
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
                column named like ``by`` (for ``source_group``, ``channel`` will do). Journeys
                that ended and money spent on the same days are held together, up to the last
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
            segment=segment,
            pattern=pattern,
            spend=spend,
            seed=seed,
        )
        return attributing.attributed(self._warehouse, self._place, dials)

    def retention(
        self,
        start: str | Sequence[str] = returning.GOAL,
        returns: str | Sequence[str] = returning.ACTION,
        *,
        period: str = "week",
        counted: str = "on",
        periods: int = 12,
        start_where: str | None = None,
        return_where: str | None = None,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """How many customers come back, by the period in which they started.

        Args:
            start: what puts a customer into a cohort when done for the first time:
                ``(goal)``, ``(action)`` for any action, a touchpoint or several.
            returns: what counts as coming back: the same words.
            period: ``day``, ``week`` (from Monday) or ``month`` of the reporting zone.
            counted: ``on`` counts who came back in the period, ``on_or_after`` who did in it
                or any later one.
            periods: how many periods after the cohort's own are told, 1 to 400.
            start_where: condition on columns of ``events`` that a start must fit.
            return_where: the same for coming back.
            where: condition on columns of ``journeys``, for the journey of the first start;
                coming back counts whatever journey it is in.
            segment: segment, name of one, or period (from, before) of that journey's start.
                Who started before the period is not new in it.
            pattern: path pattern that journey must fit.

        Returns:
            One row per (cohort_date, period), sorted so; period 0 is the cohort's own and
            holds all of it. Columns: period_date, customers (size of the cohort), retained,
            is_immature (the period is not over, with ``on_or_after`` not over for a journey
            timeout), is_start_unknown (some may have started before the data begins),
            retention_rate (retained ÷ customers) with _low and _high, is_insufficient. Rows
            with a null cohort_date come last: the mean of all cohorts over cells that are
            over, weighted by size.

        Raises:
            InputRefused: an unknown word, a number out of range, an unreadable condition, or
                nobody fits it.
            NoGoal: no customer asked reached a goal, where that is the start.
            UnknownName: no such touchpoint, column or segment.
        """
        dials = returning.Dials(
            start=returning.Condition(what=start, where=start_where, name="start"),
            back=returning.Condition(what=returns, where=return_where, name="returns"),
            unit=period,
            where=where,
            segment=segment,
            pattern=pattern,
        )
        return returning.retention(
            self._warehouse, self._place, dials, counted=counted, periods=periods
        )

    def lifecycle(
        self,
        activity: str | Sequence[str] = returning.ACTION,
        *,
        period: str = "week",
        activity_where: str | None = None,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """Who is new, returning, back after a pause or gone quiet, period by period.

        Args:
            activity: what counts as being active: ``(action)``, ``(goal)``, a touchpoint or
                several.
            period: ``day``, ``week`` (from Monday) or ``month`` of the reporting zone.
            activity_where: condition on columns of ``events`` that it must fit.
            where: condition on columns of ``journeys``, for the journey in which a customer
                was active first; all their activity counts then.
            segment: segment, name of one, or period (from, before) of that journey's start.
            pattern: path pattern that journey must fit.

        Returns:
            One row per period from the first with activity to the horizon's, none left out:
            period_date, active_customers = new_customers + returning_customers (active in the
            period before too) + resurrected_customers (active earlier), dormant_customers
            (active in the period before and not in this; null while it runs),
            active_customers_before = returning + dormant, is_immature (the period runs),
            is_start_unknown (some new ones may have been active before the data begins),
            returning_rate (÷ active_customers_before) with _low and _high, is_insufficient.

        Raises:
            InputRefused: an unknown word, an unreadable condition, or nobody fits it.
            NoGoal: no customer asked reached a goal, where that is the activity.
            UnknownName: no such touchpoint, column or segment.
        """
        asked = returning.Condition(what=activity, where=activity_where, name="activity")
        dials = returning.Dials(
            start=asked,
            back=asked,
            unit=period,
            where=where,
            segment=segment,
            pattern=pattern,
        )
        return returning.lifecycle(self._warehouse, self._place, dials)

    def time_to_convert(
        self,
        by: str | Segment | None = None,
        *,
        limit_days: float | None = None,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
        seed: int = 0,
    ) -> pl.DataFrame:
        """How soon journeys convert, open ones and those given up counted as what they are.

        Args:
            by: groups to compare: ``first_channel``, ``source_group``, ``device``,
                ``country``, ``first_touchpoint``, or a segment or the name of one. A segment
                told by what happened later favours those who lasted long enough for it.
            limit_days: of the restricted mean; None takes the longest time with 30 journeys at
                risk in every group that has it.
            where: condition on columns of ``journeys``.
            segment: segment, name of one, or period (from, before) of the journeys' start.
            pattern: path pattern the journeys must fit.
            seed: of the bootstrap.

        Returns:
            One row per level, most journeys first: journeys, customers, converted, dropped,
            open; read_seconds, the longest time with 30 at risk; converted_share by then
            (Aalen-Johansen: giving up competes, open journeys count while watched);
            time_to_convert_p50_seconds, by which half of that share has converted;
            restricted_mean_seconds without a conversion within limit_seconds; each with _low
            and _high from a bootstrap over customers; if_nobody_gave_up_p50_seconds
            (Kaplan-Meier, dropped journeys censored); log_rank_p_value of all levels, between
            customers; is_insufficient. Null where it cannot be read.

        Raises:
            InputRefused: a limit of zero, or groups that only the outcome tells.
            NoGoal: no journey asked reached a goal.
            UnknownName: no such group, column or touchpoint.
        """
        if limit_days is not None and not limit_days > 0:
            raise InputRefused(
                f"limit_days is {limit_days}", "Lab.time_to_convert", "choose more than 0 days"
            )
        times = converting.journey_times(
            self._warehouse, self._place, by=by, where=where, group=segment, pattern=pattern
        )
        limit = None if limit_days is None else limit_days * 86_400
        return time_to_convert(times, seed=seed, limit_seconds=limit)

    def conversion_curves(
        self,
        by: str | Segment | None = None,
        *,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
        seed: int = 0,
    ) -> pl.DataFrame:
        """The curves behind ``time_to_convert``: share converted, dropped and running by time.

        Args:
            by: as in ``time_to_convert``.
            where: as there.
            segment: as there.
            pattern: as there.
            seed: of the bootstrap.

        Returns:
            One row per (level, seconds), at 0 and up to 200 times of each level, levels in the
            order of ``time_to_convert``: converted_share with _low and _high, dropped_share and
            running_share (the three sum to 1), if_nobody_gave_up_share (Kaplan-Meier, dropped
            journeys censored), at_risk, is_insufficient (fewer than 30 at risk).

        Raises:
            InputRefused: groups that only the outcome tells.
            NoGoal: no journey asked reached a goal.
            UnknownName: no such group, column or touchpoint.
        """
        times = converting.journey_times(
            self._warehouse, self._place, by=by, where=where, group=segment, pattern=pattern
        )
        return conversion_curves(times, seed=seed)

    def funnel(
        self,
        steps: Funnel | Sequence[StepLike],
        *,
        window: Duration | None = "14d",
        order: str = "sequential",
        entry: str = "any",
        per_step: Sequence[Duration | None] | None = None,
        exclude: Sequence[Exclusion | StepLike] = (),
        hold: str | Sequence[str] | None = None,
        tie_window: Duration | None = None,
        unit: str = "customer",
        breakdown: str | None = None,
        breakdown_at: str | int = "first",
        top: int = 6,
        where: str | None = None,
        segment: Group | None = None,
        pattern: str | None = None,
    ) -> pl.DataFrame:
        """How many take the steps of a funnel one after another, and where they drop.

        Events are read, mails and answers included, programs not; equal events in a row are
        not collapsed. ``docs/semantics.md`` has the rules with examples.

        Args:
            steps: two to twenty. A step is a touchpoint, a list of alternatives, a
                ``journeylab.Step`` with a condition on columns and properties of events, or
                that as a mapping. A ``journeylab.Funnel`` holds steps and dials in one;
                other arguments replace its dials where they differ from the defaults.
            window: longest time from the first step, inclusive, as ``"36h"`` or a timedelta;
                None for no limit.
            order: ``sequential`` lets other events come between, ``strict`` none, ``any``
                counts how many of the steps are done in whatever order.
            entry: ``any`` takes the attempt that gets furthest, ``first`` the one begun first,
                ``every`` counts each attempt.
            per_step: longest time from the step before, for each step but the first.
            exclude: what must not happen on the way: as a step is written, or a
                ``journeylab.Exclusion`` that says between which steps and to what effect.
            hold: column or property of events, or several, that must be equal along an
                attempt; events of which it is not known take no step.
            tie_window: neighbouring steps so near may come in either order.
            unit: who walks: ``customer``, ``journey`` or ``session``.
            breakdown: column of events, ``properties.<key>`` or segment whose levels are
                counted apart.
            breakdown_at: event it is read at: ``first`` or ``last`` of the attempt, number of
                a step, or ``all``, where an attempt may count under several levels.
            top: levels named, most frequent first; the rest is ``(other)``.
            where: condition on columns of ``journeys`` that the events belong to. Mails and
                answers belong to the journey of the action that follows, else to the last.
            segment: segment, name of one, or period (from, before) of the journeys' start.
            pattern: path pattern the journeys must fit.

        Returns:
            One row per (level, step), largest level first; level is null without a breakdown
            and where it is not known. step_name, is_optional; entered: attempts that took the
            step, and customers of them; converted: those that took a later one,
            conversion_rate of those that entered, with _low and _high; dropped; overall_rate:
            entered ÷ attempts that took step 1, with _low and _high (1 for step 1); time to the
            step taken next: time_to_next_mean_seconds, _p50_seconds and _p90_seconds; removed:
            attempts that came here and that an exclusion took out; is_insufficient. What
            speaks of the next step is null for the last.

        Raises:
            InputRefused: a dial is out of range, two do not go together, or nobody entered.
            UnknownName: a touchpoint, column or segment does not exist; the nearest is named.

        Example:
            ``lab.funnel(["web:product", ["web:cart", "chat:started"], "purchase:completed"])``
        """
        dials = {name: told for name, told in locals().items() if name not in ("self", "steps")}
        return funnels.funnel(self._warehouse, self._place, funnels.asked(steps, dials))

    def funnel_trend(
        self,
        steps: Funnel | Sequence[StepLike],
        *,
        period: str = "week",
        step: int | None = None,
        **dials: Any,  # noqa: ANN401 - dials of funnel, checked there
    ) -> pl.DataFrame:
        """A funnel by the period in which its attempts began.

        Args:
            steps: as ``funnel`` takes them.
            period: ``day``, ``week`` or ``month``, in the reporting zone.
            step: step to reach; None for the last.
            dials: as ``funnel`` takes them; the window is needed.

        Returns:
            One row per (level, period_start_date): entered, customers, converted,
            conversion_rate with _low and _high, is_immature (its window was not over when the
            data ends: the rate can still rise), is_insufficient.

        Raises:
            InputRefused: as ``funnel``; no window.
            UnknownName: as ``funnel``.
        """
        question = funnels.asked(steps, dials)
        return funnel_followups.trend(
            self._warehouse, self._place, question, period=period, step=step
        )

    def funnel_times(
        self,
        steps: Funnel | Sequence[StepLike],
        *,
        from_step: int | None = None,
        to_step: int | None = None,
        edges: Sequence[float] | None = None,
        **dials: Any,  # noqa: ANN401 - dials of funnel, checked there
    ) -> pl.DataFrame:
        """How long attempts of a funnel took from one step to another, as a histogram.

        Args:
            steps: as ``funnel`` takes them.
            from_step: step the clock starts at; None for the first.
            to_step: step it stops at; None for the last.
            edges: seconds at which spans begin, rising from 0; None takes usual ones.
            dials: as ``funnel`` takes them.

        Returns:
            One row per (level, from_seconds): to_seconds (null for the last span), attempts,
            share of the attempts that took both steps, share_so_far.

        Raises:
            InputRefused: as ``funnel``; steps or edges that do not rise.
            UnknownName: as ``funnel``.
        """
        question = funnels.asked(steps, dials)
        return funnel_followups.times(
            self._warehouse,
            self._place,
            question,
            from_step=from_step,
            to_step=to_step,
            edges=edges,
        )

    def funnel_attempts(
        self,
        steps: Funnel | Sequence[StepLike],
        *,
        converted: bool | None = None,
        dropped_after: int | None = None,
        limit: int | None = 1000,
        **dials: Any,  # noqa: ANN401 - dials of funnel, checked there
    ) -> pl.DataFrame:
        """Who entered a funnel, and how far each attempt got.

        Args:
            steps: as ``funnel`` takes them.
            converted: those that reached the last step, or those that did not; None for both.
            dropped_after: only those whose last step is this; they add up to ``dropped``.
            limit: greatest number of rows; None for all.
            dials: as ``funnel`` takes them.

        Returns:
            One row per attempt, and level where it has several, by customer_id and begin:
            journey_id of the last event, which leads to ``journeys`` (null for context of no
            journey), unit_id, attempt_number, level, furthest_step, is_converted, is_removed,
            entered_at, reached_at, duration_seconds.

        Raises:
            InputRefused: as ``funnel``; a step that the funnel does not have.
            UnknownName: as ``funnel``.
        """
        question = funnels.asked(steps, dials)
        return funnel_followups.attempts(
            self._warehouse,
            self._place,
            question,
            converted=converted,
            dropped_after=dropped_after,
            limit=limit,
        )

    def funnel_instead(
        self,
        steps: Funnel | Sequence[StepLike],
        **dials: Any,  # noqa: ANN401 - dials of funnel, checked there
    ) -> pl.DataFrame:
        """What those who dropped after a step of a funnel did instead.

        Args:
            steps: as ``funnel`` takes them.
            dials: as ``funnel`` takes them.

        Returns:
            One row per (level, step, events_later, touchpoint), most attempts first:
            events_later counts from the last step they took, 1 to 3, whatever the window;
            ``(nothing)`` where no event came; attempts, share of those that dropped there,
            step_name.

        Raises:
            InputRefused: as ``funnel``.
            UnknownName: as ``funnel``.
        """
        question = funnels.asked(steps, dials)
        return funnel_followups.instead(self._warehouse, self._place, question)
