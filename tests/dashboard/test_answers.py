"""Answers: one snapshot per request, kept while it is current, shared by threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from snapshots import copy_of, publish_again

from journeylab.dashboard.answers import Answers
from journeylab.dashboard.usual import usual_questions
from journeylab.errors import NoSnapshot, QueryError
from journeylab.views import read_filters

NEWER = "29990101T000000.000000"


@pytest.fixture
def published(sample_run, tmp_path):
    """A copy of the sample's snapshots."""
    return copy_of(sample_run.snapshot.parents[1], tmp_path / "published")


def test_without_a_snapshot_it_says_so_and_finds_the_first_one_later(published, tmp_path):
    """The folder may be empty at the start."""
    later = tmp_path / "later"
    later.mkdir()
    answers = Answers(later)
    assert answers.run_id() is None
    answers.warm()
    with pytest.raises(NoSnapshot, match="no snapshot is published"):
        answers.answer({})

    copy_of(published, tmp_path / "moved").rename(later / "x")
    for name in ("snapshots", "current"):
        (later / "x" / name).rename(later / name)

    assert answers.answer({}).run_id == answers.run_id()
    answers.close()


def test_the_same_question_is_answered_once(published):
    """A second asking gives the very same answer; other filters or the dark theme another."""
    answers = Answers(published)

    first = answers.answer({"view": "paths", "conv": "converted"})

    assert answers.answer({"conv": "converted", "view": "paths", "steps": "5"}) is first
    assert answers.answer({"view": "paths", "conv": "converted"}, dark=True) is not first
    assert first.facts[1].value == "100.0%"
    answers.close()


def test_what_a_view_does_not_heed_makes_no_answer_of_its_own(published):
    """Data health is of all data: asked with a filter, it is the same content."""
    answers = Answers(published)

    plain = answers.answer({"view": "data_health"})
    filtered = answers.answer({"view": "data_health", "conv": "converted"})

    assert filtered.content is plain.content
    assert filtered.filters.outcome == "converted"
    assert answers.answer({"view": "paths", "conv": "converted"}).content is not plain.content
    answers.close()


def test_views_asked_for_in_the_background_are_there_when_they_are_wanted(published, monkeypatch):
    """After the thread has ended no view is worked out again."""
    answers = Answers(published)
    answers.warm_views(quiet_seconds=0).join()

    monkeypatch.setattr("journeylab.dashboard.answers.content_of", None)

    assert answers.answer({"view": "compare"}).content.panels
    answers.close()


def test_a_large_snapshot_has_its_single_filters_asked_in_advance(published, monkeypatch):
    """Each view of counts by each channel, outcome and level; a small one has its views alone."""
    answers = Answers(published)
    with answers.snapshot() as opened:
        small = usual_questions(opened.lab, opened.choices)
        monkeypatch.setattr("journeylab.dashboard.usual.LARGE_JOURNEYS", 1)
        large = usual_questions(opened.lab, opened.choices)
        read = [read_filters(told, opened.choices) for told in large]
    answers.close()

    assert [set(told) for told in small] == [{"view"}] * len(small)
    assert large[: len(small)] == small
    assert all(filters.is_narrowed for filters in read[len(small) :])
    assert len(set(read)) == len(read)


def test_the_longest_unasked_answer_goes_first(published):
    """With room for two, the third pushes out the one not asked for since."""
    answers = Answers(published, kept=2)
    first = answers.answer({"view": "paths", "steps": "2"})
    second = answers.answer({"view": "paths", "steps": "3"})
    assert answers.answer({"view": "paths", "steps": "2"}) is first

    answers.answer({"view": "paths", "steps": "4"})

    assert answers.answer({"view": "paths", "steps": "2"}) is first
    assert answers.answer({"view": "paths", "steps": "3"}) is not second
    answers.close()


def test_a_new_snapshot_is_picked_up_while_an_old_one_is_still_read(published):
    """Who reads keeps what he reads; the next request gets the new one; then the old is closed."""
    answers = Answers(published)
    old = answers.run_id()
    with answers.snapshot() as reading:
        publish_again(published, NEWER)
        assert answers.answer({}).run_id == NEWER
        assert reading.run_id == old
        assert reading.lab.table("snapshot_info").height == 1
        held = reading.lab

    with pytest.raises(QueryError):
        held.sql("from snapshot_info")  # small tables it has read it may still tell
    assert answers.answer({}).run_id == NEWER
    answers.close()


def test_threads_get_the_same_answers_as_one(published):
    """Eight questions on four threads, twice over, equal those asked one by one."""
    asked = [{"view": "paths", "steps": str(n)} for n in (2, 3, 4, 5)] * 2
    together = Answers(published)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(together.answer, asked))
    alone = Answers(published)

    assert [a.content.headline for a in found] == [alone.answer(t).content.headline for t in asked]
    assert found[0].content.panels[0].table.equals(found[4].content.panels[0].table)
    assert found[0] is found[4]
    together.close()
    alone.close()


def test_a_fault_is_told_each_time_and_not_kept(published, monkeypatch):
    """What failed once is asked anew."""
    answers = Answers(published)
    with answers.snapshot() as opened:
        opened.lab.close()
        with pytest.raises(QueryError):
            answers.answer_from(opened, answers.answer({}).filters, dark=True)

    assert answers.answer({}, dark=True).content.panels
    answers.close()
