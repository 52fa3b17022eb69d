"""What identity looks at, in tasks: lists of identifiers, how they are written, their hashes.

The first round has each list in one bucket, and the second each normalised identifier. What joins
identifiers is a table over all of them, and stays with the driver.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from journeylab.cluster.job import Job
from journeylab.cluster.kernel import Deal, Input
from journeylab.warehouse import Model, read_models

#: The tables that are made of one list or one identifier alone.
LISTED: Final = (
    "identity.signatures",
    "identity.event_signatures",
    "identity.spellings",
    "identity.known_identifiers",
)

#: Numbers over all identifiers, given as the parts are taken in: table -> its columns then.
NUMBERED_LATER: Final = {
    "identity.known_identifiers": (
        "* replace ((row_number() over"
        " (order by first_seen_at nulls last, kind_rank, value, kind) - 1)::integer"
        " as identifier_key)"
    )
}

_EVENTS: Final = "staging.events"
_RULES: Final = "config.identity_rules"
_SPELLINGS: Final = "identity.spellings"

#: Spellings as the lists of one bucket and the rules tell them.
_TOLD: Final = "cluster.told_spellings"

#: What all buckets tell of a spelling.
_MERGED: Final = f"""
    select
        kind,
        spelling,
        any_value(trimmed) as trimmed,
        any_value(value) as value,
        bool_or(is_always) as is_always,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        sum(mentions)::bigint as mentions
    from {_TOLD}
    group by kind, spelling
"""


def dealt_lists(buckets: int) -> Deal:
    """Deal what identity reads of events out by their lists of identifiers."""
    read = ("event_key", "occurred_at", "identifiers", "is_bot")
    columns = tuple(c for c in _model(_EVENTS).columns if c.name in read)
    query = (
        f"select {', '.join(read)}, (hash(identifiers) % {buckets})::integer as bucket"
        f" from {_EVENTS} where len(identifiers) > 0"
    )
    return Deal("lists", _EVENTS, columns, (_EVENTS,), query)


def read_lists(job: Job, lists: Sequence[Input], buckets: int) -> None:
    """Build the tables of lists and identifiers from what was dealt out.

    The rules name identifiers too: the first bucket reads them, and no other.

    Args:
        job: the job.
        lists: what ``dealt_lists`` dealt out.
        buckets: how many.
    """
    spellings = _model(_SPELLINGS)
    rules = job.lay(_RULES, job.columns(_RULES), f"select *, 0 as bucket from {_RULES}")
    by_value = f"select *, (hash(kind, value) % {buckets})::integer as bucket from {_SPELLINGS}"
    told = job.round(
        buckets,
        (*lists, rules),
        (*map(_model, LISTED[:2]), spellings),
        passing=frozenset({_SPELLINGS}),
        deals=[Deal("spellings", _TOLD, spellings.columns, (_SPELLINGS,), by_value)],
    )
    merged = replace(spellings, query=_MERGED, reads=(_TOLD,), params=())
    job.round(buckets, told, (merged, _model("identity.known_identifiers")))


def _model(name: str) -> Model:
    return read_models(name.split(".")[0])[name]
