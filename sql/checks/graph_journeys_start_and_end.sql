-- on:       graph.edges
-- severity: error
-- about:    Journeys but service ones = flow out of (start) = flow into (converted), (dropped) and (open) before the goal; converted journeys = flow out of (converted) after it.
with

journeys as (
    select
        count(*) as journeys,
        count(*) filter (where outcome = 'converted') as converted
    from core.journeys
    where outcome != 'service'
),

flows as (
    select
        coalesce(sum(transitions) filter (where part = 'before' and from_node = '(start)'), 0) as started,
        coalesce(
            sum(transitions) filter (
                where part = 'before' and to_node in ('(converted)', '(dropped)', '(open)')
            ),
            0
        ) as ended,
        coalesce(
            sum(transitions) filter (where part = 'before' and to_node = '(converted)'), 0
        ) as converted,
        coalesce(
            sum(transitions) filter (where part = 'after' and from_node = '(converted)'), 0
        ) as went_on,
        coalesce(
            sum(transitions) filter (where part = 'after' and to_node in ('(open)', '(end)')), 0
        ) as came_to_an_end
    from graph.edges
)

select
    journeys.journeys,
    journeys.converted,
    flows.started,
    flows.ended,
    flows.went_on
from journeys
inner join flows on true
where
    journeys.journeys != flows.started
    or journeys.journeys != flows.ended
    or journeys.converted != flows.converted
    or journeys.converted != flows.went_on
    or journeys.converted != flows.came_to_an_end
