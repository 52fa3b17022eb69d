"""Which step carries its table on from run to run, and which builds it anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from journeylab.pipeline import claims, customers, identity, joining, passing, staging, sums
from journeylab.pipeline.steps import RunContext, Step, StepResult
from journeylab.warehouse import Model

Carry = Callable[[RunContext, Model], StepResult]

#: Tables carried on by something of their own.
_CARRIED: Final[Mapping[str, Carry]] = {
    "identity.signatures": identity.follow_lists,
    "identity.event_signatures": identity.follow_carried,
    **dict.fromkeys(joining.JOINED, joining.join),
    "identity.event_customers": identity.follow_owners,
    "identity.identifier_owners": identity.follow_identifiers,
    "identity.owner_changes": identity.compare_owners,
    "core.horizon": passing.note_horizon,
    "core.event_origins": customers.follow_events,
    "core.unowned_events": customers.follow_events,
}

_STAGED: Final[Mapping[str, Callable[[RunContext, Model, list[Model]], StepResult]]] = {
    "staging.rows": staging.stage,
    "staging.refused_rows": staging.follow_refused,
    "staging.doubled_rows": claims.follow_claims,
    "staging.merged_orders": claims.follow_claims,
    "staging.event_keys": claims.follow_claims,
    "staging.events": staging.follow_events,
}

#: What notes customers must have run before the first table of them is built.
_NOTING: Final = ("core.horizon", "identity.customers")


def carried_on(step: Step, formats: Sequence[Model]) -> Step:
    """The step as a nightly run takes it.

    Args:
        step: a step that builds its table whole.
        formats: the staging models of the formats in use.

    Returns:
        A step with the same result that reads and writes no more than what changed; the step
        itself where it is always built whole.
    """
    model = step.model
    if model is None:
        return step
    if model.name in _STAGED:
        settle = _STAGED[model.name]
        return replace(step, run=lambda context: settle(context, model, list(formats)))
    if model.name in _CARRIED:
        carry = _CARRIED[model.name]
        return replace(step, run=lambda context: carry(context, model))
    if model.scope == "customer":
        return replace(
            step,
            reads=tuple(dict.fromkeys((*step.reads, *_NOTING))),
            run=lambda context: customers.follow_customers(context, model),
        )
    if model.scope == "sums":
        return replace(step, run=lambda context: sums.follow_sums(context, model))
    return step
