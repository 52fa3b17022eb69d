-- on:       graph.edges
-- severity: error
-- about:    Transitions between touchpoints = steps - journeys - converted journeys with after-care, service journeys left out.
with

walked as (
    select
        coalesce(sum(steps + steps_after), 0) as steps,
        count(*) as journeys,
        count(*) filter (where steps_after > 0) as with_after_care
    from core.journeys
    where outcome != 'service'
),

flows as (
    select coalesce(sum(transitions), 0) as transitions
    from graph.edges
    where
        from_node not in ('(start)', '(converted)')
        and to_node not in ('(converted)', '(dropped)', '(open)', '(end)')
)

select
    walked.steps,
    walked.journeys,
    walked.with_after_care,
    flows.transitions
from walked
inner join flows on true
where flows.transitions != walked.steps - walked.journeys - walked.with_after_care
