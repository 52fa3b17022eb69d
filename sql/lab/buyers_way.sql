-- model:  lab.buyers_way
-- about:  What settled buyers visit up to the goal, in the order in which they first do.
-- scope:  global
-- grain:  one row per touchpoint
-- key:    touchpoint
-- reads:  marts.steps, marts.journeys
-- column: touchpoint  | varchar | Touchpoint.
-- column: buyer_share | double  | Settled converted journeys that visit it ÷ all of them.

with

firsts as (
    select
        steps.journey_id,
        steps.touchpoint,
        min(steps.step_number) / max(journeys.steps) as place
    from journeys
    inner join steps on journeys.journey_id = steps.journey_id
    where journeys.is_settled and journeys.outcome = 'converted' and steps.part = 'before'
    group by steps.journey_id, steps.touchpoint
),

buyers as (
    select count(distinct journey_id) as journeys
    from firsts
)

select
    firsts.touchpoint,
    count(*) / any_value(buyers.journeys) as buyer_share
from firsts
inner join buyers on true
group by firsts.touchpoint
order by round(avg(firsts.place), 9), firsts.touchpoint
