"""Lab: one snapshot opened for questions. Every answer is a Polars table or a graph."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import polars as pl
from sqlglot import exp

from journeylab.analysis.dealing import Deals
from journeylab.errors import InputRefused, NoGoal, NothingSettled, UnknownName
from journeylab.lab import choosing, compile
from journeylab.lab.cells import Choice
from journeylab.lab.choosing import JOURNEY, Group
from journeylab.lab.explaining import Log, question
from journeylab.lab.kept import KeptTables
from journeylab.lab.laid import OF_SINGLE
from journeylab.lab.questions import (
    counts,
    credit,
    cuts,
    findings,
    follows,
    funnels,
    groups,
    maps,
    published,
    returns,
    single,
    times,
    typical,
    waits,
    walks,
)
from journeylab.warehouse import Warehouse, ask, open_current

#: What is laid over a table by its name before it is given out.
Laid = Callable[[str, pl.DataFrame], pl.DataFrame]

#: Tables that are no count of journeys: a Lab held to some of them reads these as they are.
_OF_ALL: Final = ("touchpoints", "stages", "segments", "designed_map", "snapshot_info", "clock")


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
    """One set of published tables, held open on one read-only connection.

    The questions stand by kind in ``journeylab.lab.questions``; here is what they share.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        place: str,
        held: tuple[Group, ...] = (),
        laid: Laid = lambda _, rows: rows,
        kept: KeptTables | None = None,
    ) -> None:
        self._log = Log()
        self._warehouse = warehouse.heard_by(self._log.hear)
        self._place = place
        self._held = held
        self._laid = laid  # over each table that is given out
        self._kept = kept
        self._deals = Deals()
        self._held_choice: Choice | None = None

    paths = walks.paths

    directly_follows = follows.directly_follows
    eventually_follows = follows.eventually_follows
    next_steps = follows.next_steps
    previous_steps = follows.previous_steps
    step_matrix = follows.step_matrix
    start_touchpoints = follows.start_touchpoints
    end_touchpoints = follows.end_touchpoints

    time_between = times.time_between
    time_between_spans = times.time_between_spans
    arrivals = times.arrivals

    sessions = cuts.sessions
    compare_sessions = cuts.compare_sessions

    graph = maps.graph
    nodes = maps.nodes
    edges = maps.edges
    stage_nodes = maps.stage_nodes
    stage_edges = maps.stage_edges
    stage_graph = maps.stage_graph
    graph_findings = maps.graph_findings
    export_graph = maps.export_graph

    counted = counts.counted
    loops = counts.loops
    variants = counts.variants
    ping_pong = counts.ping_pong
    rework = counts.rework
    drop_offs = counts.drop_offs
    drop_off_paths = counts.drop_off_paths
    next_moves = counts.next_moves
    visits_by_outcome = counts.visits_by_outcome
    stage_kpis = counts.stage_kpis

    journeys = single.journeys
    matches = single.matches
    journey_counts = single.journey_counts
    journeys_of = single.journeys_of
    journey_steps = single.journey_steps
    headline = single.headline

    segments = groups.segments
    segment = groups.segment
    compare = groups.compare
    drift = groups.drift

    funnel = funnels.funnel
    funnel_trend = funnels.funnel_trend
    funnel_times = funnels.funnel_times
    funnel_attempts = funnels.funnel_attempts
    funnel_instead = funnels.funnel_instead

    retention = returns.retention
    lifecycle = returns.lifecycle

    time_to_convert = waits.time_to_convert
    conversion_curves = waits.conversion_curves

    attribution = credit.attribution

    bottlenecks = findings.bottlenecks
    chances = findings.chances
    chain_order = findings.chain_order
    resampled_moves = findings.resampled_moves
    opportunities = findings.opportunities
    zombie_leads = findings.zombie_leads
    moments_of_influence = findings.moments_of_influence
    automation_candidates = findings.automation_candidates
    what_if = findings.what_if
    changeable = findings.changeable

    conformance = typical.conformance
    deviations = typical.deviations
    conformance_weekly = typical.conformance_weekly
    journey_conformance = typical.journey_conformance
    designed_map = typical.designed_map
    starter_map = typical.starter_map
    archetypes = typical.archetypes
    archetype_quality = typical.archetype_quality
    archetype_steps = typical.archetype_steps
    journey_archetypes = typical.journey_archetypes

    touchpoints = published.touchpoints
    kpis = published.kpis
    kpis_by = published.kpis_by
    stays = published.stays
    stay_curves = published.stay_curves
    waiting_now = published.waiting_now
    voice = published.voice
    response_times = published.response_times
    campaigns = published.campaigns
    after_care_answers = published.after_care_answers

    @property
    def tables(self) -> list[str]:
        """Names of all tables, sorted."""
        return list(self._tables)

    @cached_property
    def _tables(self) -> tuple[str, ...]:
        names = self._warehouse.table_names()
        return tuple(name.removeprefix("main.") for name in names if name.startswith("main."))

    @question
    def sql(self, query: str, /, **params: Any) -> pl.DataFrame:  # noqa: ANN401 - any plain value
        """Ask one question in SQL.

        Args:
            query: one statement that only reads; ``$name`` stands for a bound value.
            params: the values.

        Raises:
            InputRefused: it is no query, or more than one, or the Lab is held to some journeys.
            QueryError: DuckDB refused it.

        Example:
            ``lab.sql("select * from steps where channel = $channel", channel="web")``
        """
        if self._held:
            raise InputRefused(
                "a query reads all journeys, and this Lab is held to some",
                "Lab.sql",
                "write the condition into the query, and ask the Lab that only() was asked of",
            )
        return ask(self._warehouse, query, params)

    @question
    def table(self, name: str) -> pl.DataFrame:
        """One table whole, in its stored order; of a Lab held to some journeys, their rows.

        Raises:
            InputRefused: the Lab is held to some journeys, and the table is of all of them.
            UnknownName: there is none of that name; the nearest is named.
        """
        if name not in self.tables:
            raise UnknownName.of("table", name, self._place, self.tables)
        if self._kept is not None and name in _OF_ALL:
            rows = self._kept.read.of(name, lambda: self._warehouse.table(f"main.{name}"))
            return self._laid(name, rows)
        if not self._held or name in _OF_ALL:
            return self._laid(name, self._warehouse.table(f"main.{name}"))
        if name in counts.COUNTED:
            return self.counted(name)[name]
        if not set(JOURNEY) <= set(self._warehouse.columns(f"main.{name}")):
            raise InputRefused(
                f"{name} is counted at night, for all journeys",
                "a Lab held to some journeys",
                "ask the Lab that only() was asked of",
            )
        if self._kept is not None and name in OF_SINGLE:
            return self._choice(None, None).single(name)
        chosen = self._chosen(None, None, None)
        assert chosen is not None
        query = (  # a join alone would lose the order
            exp.select("kept.*")
            .from_(compile.published(name).as_("kept"))
            .join("chosen", using=list(JOURNEY), join_type="semi", copy=False)
            .order_by("kept.rowid", copy=False)
        )
        return self._warehouse.frame(compile.composed(query, {"chosen": chosen}))

    def only(
        self,
        *,
        period: tuple[date | datetime | str | None, date | datetime | str | None] | None = None,
        segment: Group | None = None,
        channel: str | None = None,
        outcome: str | None = None,
        pattern: str | None = None,
        where: str | None = None,
    ) -> "Lab":
        """The same Lab held to some journeys: every question is then asked of those alone.

        What is told here and what a question is told itself must all hold, and ``only`` can be
        asked again of its result. Questions answered at night for all journeys are refused.

        Args:
            period: (from, before) of the journeys' start; None for an open end.
            segment: a segment or the name of one, or a list of groups that must all hold.
            channel: channel that a step up to the goal was on.
            outcome: ``converted``, ``dropped`` (lost or lapsed), ``lost``, ``lapsed``, ``open``
                or ``service``.
            pattern: path pattern.
            where: condition on columns of ``journeys``.

        Raises:
            InputRefused: an outcome, condition, period or pattern that cannot be read.
            UnknownName: a channel, column, segment or touchpoint does not exist.

        Example:
            ``lab.only(channel="email", outcome="dropped").paths(end="(dropped)")``
        """
        told = choosing.groups(
            self._warehouse,
            self._place,
            period=period,
            segment=segment,
            channel=channel,
            outcome=outcome,
            pattern=pattern,
            where=where,
        )
        return Lab(self._warehouse, self._place, (*self._held, *told), self._laid, self._kept)

    def explain(self, question: str | None = None) -> pl.DataFrame:
        """The SQL that a question ran when it was asked last, with its parameters.

        Args:
            question: name of the method, such as ``funnel``; None takes the one asked last.

        Returns:
            One row per statement, in their order: question, statement_number, sql (``$name``
            stands for a bound value), params (as JSON). Names are looked up first, the answer
            is read last; tables counted anew for some journeys are built by the models of the
            nightly run, and these stand between. No row before the first question.

        Raises:
            UnknownName: that question has not been asked of this Lab.
        """
        return self._log.table(question)

    def beside(self) -> "Lab":
        """A second Lab on the same open snapshot, for another thread; close each of them."""
        return Lab(self._warehouse.cursor(), self._place, self._held, self._laid, self._kept)

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
        held = ", held to some journeys" if self._held else ""
        return f"<Lab of {self._place}{held}>"

    def _within(self, segment: Group | None) -> Group | None:
        """A question's own group and what the Lab is held to, all of which must hold."""
        if not self._held:
            return segment
        return [*self._held] if segment is None else [*self._held, segment]

    def _chosen(
        self, where: str | None, segment: Group | None, pattern: str | None
    ) -> exp.Query | None:
        return choosing.chosen(
            self._warehouse,
            self._place,
            where=where,
            group=self._within(segment),
            pattern=pattern,
        )

    def _choice(
        self, where: str | None, segment: Group | None, pattern: str | None = None
    ) -> Choice:
        """The same as marks, where tables are kept."""
        assert self._kept is not None
        is_held = bool(self._held) and where is None and segment is None and pattern is None
        if is_held and self._held_choice is not None:
            return self._held_choice
        told = choosing.parts(
            self._warehouse,
            self._place,
            where=where,
            group=self._within(segment),
            pattern=pattern,
        )
        choice = self._kept.choice(self._warehouse, told)
        if is_held:
            self._held_choice = choice
        return choice

    def _rows_of(
        self, where: str | None, segment: Group | None
    ) -> Callable[..., pl.DataFrame] | None:
        """Gives the rows of a query of sql/lab for the journeys asked for; None for all."""
        journeys = self._chosen(where, segment, None)
        if journeys is None:
            return None
        if self._kept is not None:
            return self._choice(where, segment).rows_of
        members = {"members": compile.placed(journeys)}
        return lambda name, **values: self._warehouse.frame(
            compile.composed(compile.template(name, **values), members)
        )

    def _judged(self, name: str) -> pl.DataFrame:
        """A table of rates, which mean nothing without goals and settled journeys."""
        self._judge(name)
        return self.table(name)

    @cached_property
    def _totals(self) -> tuple[Any, ...]:
        """All journeys, those with a goal, those settled; first start, last action."""
        return self._warehouse.rows(
            "select count(*), count(goal_at), count(*) filter (where is_settled),"
            " min(started_at), max(last_action_at) from journeys"
        )[0]

    def _judge(self, name: str) -> None:
        """Refuse to give rates without goals and settled journeys."""
        journeys, goals, settled, first, last = self._totals
        if not journeys:
            raise NoGoal(
                f"{name} needs a goal, and there is no journey at all",
                self._place,
                "give events that have a customer and are actions: lab.table('events') lists"
                " what there is",
            )
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
