-- model:  graph.visit_counts
-- about:  How often and by whom each touchpoint was visited, and where dropped journeys ended: what graph.visits counts.
-- scope:  sums
-- grain:  one row per (part, touchpoint)
-- key:    part, touchpoint_key
-- reads:  core.steps, core.journeys
-- column: part               | varchar   | 'before' or 'after' the goal.
-- column: touchpoint_key     | usmallint | Touchpoint.
-- column: visits             | bigint    | Steps there.
-- column: visits_settled     | bigint    | The same in settled journeys.
-- column: journeys           | bigint    | Journeys that visited it.
-- column: journeys_settled   | bigint    | Settled journeys that visited it.
-- column: journeys_converted | bigint    | Settled converted journeys that visited it.
-- column: customers          | bigint    | Customers who visited it.
-- column: customers_settled  | bigint    | Customers who visited it in settled journeys.
-- column: exits              | bigint    | Settled dropped journeys whose last step it was; 0 in part after.
-- column: returns            | bigint    | Visits when it already occurred in this part of the journey.
-- column: returns_settled    | bigint    | The same in settled journeys.
-- column: bounces            | bigint    | Visits of the form A, B, A.
-- column: bounces_settled    | bigint    | The same in settled journeys.
-- column: wait_microseconds  | hugeint   | Sum of the waits to the step that followed in the same part.
-- column: waits              | bigint    | Visits after which a step followed in the same part.

with

walked as (
    select
        steps.part,
        steps.touchpoint_key,
        steps.customer_key,
        steps.is_return,
        steps.is_bounce,
        steps.next_wait_microseconds,
        journeys.is_settled,
        journeys.is_settled and journeys.outcome = 'converted' as is_converted,
        steps.next_touchpoint_key is null
        and steps.part = 'before'
        and journeys.is_settled
        and journeys.outcome in ('lost', 'lapsed') as is_exit
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    where steps.part != 'service'
),

-- The first visit of a journey to a touchpoint is no return, so those count its journeys.
counted as (
    select
        part,
        touchpoint_key,
        count(*) as visits,
        count(*) filter (where is_settled) as visits_settled,
        count(*) filter (where not is_return) as journeys,
        count(*) filter (where not is_return and is_settled) as journeys_settled,
        count(*) filter (where not is_return and is_converted) as journeys_converted,
        count(*) filter (where is_exit) as exits,
        count(*) filter (where is_return) as returns,
        count(*) filter (where is_return and is_settled) as returns_settled,
        count(*) filter (where is_bounce) as bounces,
        count(*) filter (where is_bounce and is_settled) as bounces_settled,
        coalesce(sum(next_wait_microseconds), 0)::hugeint as wait_microseconds,
        count(next_wait_microseconds) as waits
    from walked
    group by part, touchpoint_key
),

visitors as (
    select
        part,
        touchpoint_key,
        count(*) as customers,
        count(*) filter (where is_settled) as customers_settled
    from (
        select
            part,
            touchpoint_key,
            customer_key,
            bool_or(is_settled) as is_settled
        from walked
        where not is_return
        group by part, touchpoint_key, customer_key
    ) as by_customer
    group by part, touchpoint_key
)

select
    counted.part,
    counted.touchpoint_key,
    counted.visits,
    counted.visits_settled,
    counted.journeys,
    counted.journeys_settled,
    counted.journeys_converted,
    visitors.customers,
    visitors.customers_settled,
    counted.exits,
    counted.returns,
    counted.returns_settled,
    counted.bounces,
    counted.bounces_settled,
    counted.wait_microseconds,
    counted.waits
from counted
inner join visitors
    on counted.part = visitors.part and counted.touchpoint_key = visitors.touchpoint_key
order by counted.part desc, counted.touchpoint_key
