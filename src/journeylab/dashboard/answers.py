"""The current snapshot, held open for many threads, and the answers it has given already."""

import contextlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from journeylab.dashboard.usual import usual_questions
from journeylab.errors import JourneyLabError, NoSnapshot
from journeylab.lab import Lab
from journeylab.lab import open as open_lab
from journeylab.lab.floor import with_floor
from journeylab.lab.keeping import keeping
from journeylab.views import (
    Choices,
    Content,
    Fact,
    Filters,
    choices_of,
    content_of,
    read_filters,
)
from journeylab.views.facts import facts
from journeylab.views.heeded import heeded
from journeylab.views.locales import LOCALES, Locale, content_in, facts_in
from journeylab.warehouse import SNAPSHOTS_NAME, current_run_id

#: Answers kept at most; the longest unasked goes first.
KEPT: Final = 256
#: Answers in advance wait until nobody has asked for so long, but for no answer longer than that.
QUIET_SECONDS: Final = 5.0
_MOST_PATIENCE_SECONDS: Final = 120.0
_LOOKS_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One snapshot as a thread reads it, from the first question of a request to the last.

    Attributes:
        run_id: run that made it.
        horizon_at: instant up to which its data is complete, UTC; None without any event.
        lab: for this thread alone.
        choices: what filters may say.
    """

    run_id: str
    horizon_at: datetime | None
    lab: Lab
    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a page shows, all of it from one snapshot.

    Attributes:
        run_id: run that made the snapshot.
        horizon_at: instant up to which its data is complete, UTC.
        choices: what filters may say on it.
        filters: as read from the URL.
        facts: headline figures of the journeys asked for.
        content: of the view.
        parts: what of the page was made of it already, as JSON; the same for all its filters.
    """

    run_id: str
    horizon_at: datetime | None
    choices: Choices
    filters: Filters
    facts: tuple[Fact, ...]
    content: Content
    parts: dict[str, bytes] = field(default_factory=dict, compare=False)


@dataclass(slots=True)
class _Held:
    opened: Opened
    readers: int = 0
    is_retired: bool = False


class Answers:
    """Answers from whatever snapshot is the current one, for the threads of one process.

    A snapshot is opened once; every reader gets a connection of its own to it. When
    ``current`` points elsewhere, the next question opens the new one, and the old one is
    closed after its last reader.
    """

    def __init__(
        self,
        published: Path,
        *,
        kept: int = KEPT,
        k_floor: int | None = None,
        locale: Locale = LOCALES["en"],
    ) -> None:
        self.locale = locale
        self._published = published
        self._kept = kept
        self._k_floor = k_floor
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._held: _Held | None = None
        self._asking = 0
        self._noticed_at = -math.inf
        self._quiet_seconds: float | None = None
        self._given: OrderedDict[tuple[str, Filters, bool], Future[Answer]] = OrderedDict()

    def run_id(self) -> str | None:
        """Run whose snapshot is the current one; None while none is published. Opens nothing."""
        return current_run_id(self._published)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Opened]:
        """The current snapshot, which stays the same and open while the block runs.

        Raises:
            NoSnapshot: nothing has been published.
        """
        held = self._taken()
        try:
            with held.opened.lab.beside() as lab:
                yield replace(held.opened, lab=lab)
        finally:
            with self._lock:
                held.readers -= 1
                is_last = held.is_retired and held.readers == 0
            if is_last:
                held.opened.lab.close()

    def answer(self, told: Mapping[str, str], *, dark: bool = False) -> Answer:
        """What a page shows for a URL's query.

        Args:
            told: key -> value of the query; what is not allowed falls back to its default.
            dark: whether figures stand on a dark page.

        Raises:
            NoSnapshot: nothing has been published.
        """
        with self.snapshot() as opened:
            return self.answer_from(opened, read_filters(told, opened.choices), dark=dark)

    def answer_from(self, opened: Opened, filters: Filters, *, dark: bool = False) -> Answer:
        """What a page shows, from a snapshot that is held already; asked once, then kept.

        Filters that the view does not heed make no answer of their own.
        """
        with self._lock:
            self._asking += 1
        try:
            answer = self._kept_answer(opened, heeded(filters), dark)
        finally:
            with self._lock:
                self._asking -= 1
            self.notice()
        return answer if answer.filters == filters else replace(answer, filters=filters)

    def _kept_answer(self, opened: Opened, filters: Filters, dark: bool) -> Answer:
        key = (opened.run_id, filters, dark)
        with self._lock:
            promise = self._given.get(key)
            is_mine = promise is None
            if promise is None:
                promise = self._given[key] = Future()
                while len(self._given) > self._kept:
                    self._given.popitem(last=False)
            self._given.move_to_end(key)
        if not is_mine:
            return promise.result()
        try:
            promise.set_result(_asked(opened, filters, dark, self.locale))
        except BaseException as error:
            with self._lock:
                if self._given.get(key) is promise:
                    del self._given[key]
            promise.set_exception(error)
        return promise.result()

    def warm(self) -> None:
        """Give the answer of the landing page once, so that the first visitor need not wait."""
        with contextlib.suppress(NoSnapshot):
            self.answer({})

    def notice(self) -> None:
        """Take it that somebody is about to ask: answers in advance wait a while."""
        self._noticed_at = time.monotonic()

    def warm_views(self, *, quiet_seconds: float = QUIET_SECONDS) -> threading.Thread:
        """Give the usual answers, one by one, in a thread of its own that gives way to people.

        Every view without filters and, of a snapshot so large that a filtered view takes long,
        the views of counts with each single filter; anew for each snapshot that is taken up.
        The thread ends after the present answer when the process ends: DuckDB does not bear
        being cut off.

        Args:
            quiet_seconds: how long nobody may have asked, nor the server have been started,
                before the next answer is worked out.
        """
        self._quiet_seconds = quiet_seconds
        self.notice()
        return self._warming()

    def _warming(self) -> threading.Thread:
        thread = threading.Thread(target=self._warm_each, name="warm")
        thread.start()
        return thread

    def _warm_each(self) -> None:
        with contextlib.suppress(NoSnapshot), self.snapshot() as opened:
            for told in usual_questions(opened.lab, opened.choices):
                self._await_quiet()
                if not threading.main_thread().is_alive() or self.run_id() != opened.run_id:
                    return
                filters = read_filters(told, opened.choices)
                with contextlib.suppress(JourneyLabError):
                    self._kept_answer(opened, heeded(filters), dark=False)

    def _await_quiet(self) -> None:
        began = time.monotonic()
        while threading.main_thread().is_alive():
            now = time.monotonic()
            is_quiet = not self._asking and now - self._noticed_at >= (self._quiet_seconds or 0)
            if is_quiet or now - began > _MOST_PATIENCE_SECONDS:
                return
            time.sleep(_LOOKS_SECONDS)

    def close(self) -> None:
        """Close the snapshot after its last reader; a later question opens it anew."""
        with self._lock:
            held, self._held = self._held, None
            self._given.clear()
        self._retire(held)

    def _taken(self) -> _Held:
        """The current snapshot with one reader more."""
        while True:
            wanted = self.run_id()
            if wanted is None:
                raise NoSnapshot(
                    "no snapshot is published", str(self._published), "run `journeylab run`"
                )
            with self._lock:
                held = self._held
                if held is not None and held.opened.run_id == wanted:
                    held.readers += 1
                    return held
            with self._opening:
                with self._lock:
                    is_open = self._held is not None and self._held.opened.run_id == wanted
                if not is_open:
                    self._swap(wanted)

    def _swap(self, run_id: str) -> None:
        fresh = _Held(_opened(self._published / SNAPSHOTS_NAME / run_id, self._k_floor))
        with self._lock:
            stale, self._held = self._held, fresh
            for key in [key for key in self._given if key[0] != fresh.opened.run_id]:
                del self._given[key]
        self._retire(stale)
        if stale is not None and self._quiet_seconds is not None:
            self._warming()

    def _retire(self, held: _Held | None) -> None:
        if held is None:
            return
        with self._lock:
            held.is_retired = True
            is_free = held.readers == 0
        if is_free:
            held.opened.lab.close()


def _opened(folder: Path, k_floor: int | None) -> Opened:
    lab = with_floor(keeping(open_lab(folder)), k_floor)
    try:
        info = lab.table("snapshot_info").row(0, named=True)
        return Opened(
            run_id=folder.name,
            horizon_at=info["horizon_at"],
            lab=lab,
            choices=choices_of(lab),
        )
    except BaseException:
        lab.close()
        raise


def _asked(opened: Opened, filters: Filters, dark: bool, locale: Locale) -> Answer:
    lab, choices = opened.lab, opened.choices
    content = content_of(lab, filters, choices, dark=dark)
    return Answer(
        run_id=opened.run_id,
        horizon_at=opened.horizon_at,
        choices=choices,
        filters=filters,
        facts=facts_in(facts(lab, filters, choices), locale),
        content=content_in(content, locale, tuple(choices.touchpoints.values())),
    )
