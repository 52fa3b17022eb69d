"""Whatever happens to the deliveries, the nights make of them what a full rebuild makes."""

import os
import shutil
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from nights import ALL_AT_ONCE, START, Crash, Nights

DAYS = 60

#: Of so many parts of a night one is the last before it is killed: more than it has statements.
PARTS = 10_000

#: When things happen: minutes after the start, gathered where sessions and journeys break.
minutes = st.one_of(
    st.integers(0, 120),
    st.integers(0, DAYS).map(lambda day: day * 1440 + 600),
    st.integers(29 * 1440, 32 * 1440),
)
people = st.integers(1, 4)


@st.composite
def visits(draw: st.DrawFn) -> dict[str, object]:
    """A page view, often of an id seen before: a duplicate, a correction, another person."""
    person = draw(people)
    at = START + timedelta(minutes=draw(minutes))
    return {
        "event_id": draw(st.one_of(st.none(), st.integers(1, 12).map(str))),
        "occurred_at": at,
        "received_at": at + timedelta(minutes=draw(st.sampled_from([0, 1, 5]))),
        "event_name": draw(st.sampled_from(["home", "home", "product", "elsewhere"])),
        "anonymous_id": draw(
            st.sampled_from([f"a{person}", f"a{person}", f"a{person}", "shared", "undefined", None])
        ),
        "user_id": draw(st.sampled_from([None, None, f"u{person}"])),
        "email": draw(st.sampled_from([None, None, f"p{person}@mail.test"])),
        "is_bot": draw(st.sampled_from([None, None, None, True])),
    }


@st.composite
def orders(draw: st.DrawFn) -> dict[str, object]:
    """A line of an order, whose other lines may come in other files."""
    person = draw(people)
    return {
        "event_id": draw(st.one_of(st.none(), st.integers(1, 4).map(lambda n: f"line{n}"))),
        "occurred_at": START + timedelta(minutes=draw(minutes)),
        "event_name": "completed",
        "user_id": f"u{person}",
        "email": draw(st.sampled_from([None, f"p{person}@mail.test"])),
        "order_id": f"o{draw(st.integers(1, 3))}",
        "value": Decimal(draw(st.integers(1, 3))),
        "currency": "EUR",
    }


@st.composite
def mails(draw: st.DrawFn) -> dict[str, object]:
    """Somebody unsubscribes."""
    person = draw(people)
    return {
        "event_id": str(draw(st.integers(1, 3))),
        "occurred_at": START + timedelta(minutes=draw(minutes)),
        "event_name": "bye",
        "email": f"p{person}@mail.test",
    }


class NightsEqualRebuilds(RuleBasedStateMachine):
    """Deliveries, faults and changes of rules between nights, in any order."""

    @initialize(
        rows=st.lists(visits(), min_size=3, max_size=8), bought=st.lists(orders(), max_size=2)
    )
    def a_first_night(self, rows, bought):
        """There is a history before anything else happens."""
        self.root = Path(tempfile.mkdtemp(prefix="nights-"))
        self.nights = Nights(self.root)
        self.nights.day = DAYS // 2
        self.landed = [("web", rows), ("shop", bought)]
        for source, told in self.landed:
            self.nights.deliver(source, told)
        self.hashes = self.nights.run()

    @rule(rows=st.lists(visits(), min_size=1, max_size=4))
    def visits_come(self, rows):
        """New, late or conflicting events; some lie after as-of and wait."""
        self._deliver("web", rows)

    @rule(rows=st.lists(orders(), min_size=1, max_size=2))
    def orders_come(self, rows):
        """Lines of new or known orders."""
        self._deliver("shop", rows)

    @rule(rows=st.lists(mails(), min_size=1, max_size=2))
    def mails_come(self, rows):
        """A loss, from a source that may be removed."""
        self._deliver("mail", rows)

    @rule(which=st.integers(0, 100), cut=st.integers(0, 3))
    def a_file_comes_again(self, which, cut):
        """Under other names, split, and the other way round."""
        source, rows = self.landed[which % len(self.landed)]
        self._deliver(source, rows[cut:][::-1])
        self._deliver(source, rows[:cut])

    @rule(pair=st.sampled_from([("always", 1, 2), ("never", 1, 1), ("always", 3, 4)]))
    def a_manual_rule_comes_or_goes(self, pair):
        """It joins two people, or parts what one person was seen with."""
        kind, one, other = pair
        known = (kind, "user_id", f"u{one}", "email", f"p{other}@mail.test")
        self.nights.pairs ^= {known}

    @rule()
    def a_touchpoint_gets_another_stage(self):
        """Its visits advance where they stayed."""
        self.nights.stage = "convert" if self.nights.stage == "nurture" else "nurture"

    @rule()
    def sessions_are_cut_otherwise(self):
        """A setting changes."""
        self.nights.gap = 90 - self.nights.gap

    @rule()
    @precondition(lambda self: hasattr(self, "nights"))
    def ranges_of_customers_shrink_or_grow(self):
        """Whatever is built whole is built for two customers at a time, or for all at once."""
        self.nights.per_range = 2 if self.nights.per_range > 2 else ALL_AT_ONCE

    @rule()
    def a_source_is_removed_or_comes_back(self):
        """Its rows stay in the raw tables."""
        self.nights.has_mail = not self.nights.has_mail

    @rule(
        identifier=st.one_of(
            st.just("shared"),
            st.tuples(st.sampled_from(["u{}", "p{}@mail.test", "a{}"]), people).map(
                lambda drawn: drawn[0].format(drawn[1])
            ),
        )
    )
    @precondition(lambda self: hasattr(self, "nights"))
    def somebody_is_forgotten(self, identifier):
        """Whoever has the identifier, unless nobody has or a manual rule names them."""
        event(f"forgotten: {self.nights.forget(identifier)}")

    @rule(days=st.integers(0, DAYS // 3))
    def time_passes(self, days):
        """Journeys lapse without any event."""
        self.nights.day += days

    @rule()
    @precondition(lambda self: hasattr(self, "nights"))
    def a_night(self):
        """A run that ends well."""
        self.nights.run()

    @rule(step=st.integers(0, 200))
    def a_run_stops(self, step):
        """Anywhere between two steps."""
        with pytest.raises(Crash):
            self.nights.run(crash_before=step)

    @rule(part=st.one_of(st.integers(0, PARTS), st.integers(0, PARTS // 4)))
    @precondition(lambda self: hasattr(self, "nights"))
    def a_run_is_killed(self, part):
        """With -9, before any of its statements, in the middle of a transaction too."""
        event(f"killed: {self.nights.run_killed(part / PARTS)}")

    def teardown(self):
        """One more night, proved on everybody, and everything at once in a fresh warehouse."""
        if not hasattr(self, "nights"):
            return
        try:
            night, rebuilt = self.nights.run(prove=True), self.nights.rebuild()
            assert night == rebuilt
        finally:
            self.nights.warehouse.close()
            shutil.rmtree(self.root)

    def _deliver(self, source, rows):
        if rows:
            self.landed.append((source, rows))
            self.nights.deliver(source, rows)


TestNights = pytest.mark.nights(NightsEqualRebuilds.TestCase)
TestNights.settings = settings(
    max_examples=int(os.environ.get("NIGHTS_SEQUENCES", "500")),
    stateful_step_count=8,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
