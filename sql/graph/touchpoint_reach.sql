-- model:  graph.touchpoint_reach
-- about:  How many journeys visited each touchpoint, before or after the goal; service journeys are left out.
-- scope:  sums
-- grain:  one row per touchpoint visited
-- key:    touchpoint_key
-- reads:  core.steps, core.journeys, core.touchpoints
-- column: touchpoint_key   | usmallint | Touchpoint.
-- column: journeys         | bigint    | Journeys with a step there.
-- column: journeys_settled | bigint    | Settled ones among them.
-- check:  error | journeys >= journeys_settled | settled journeys are among all

with

-- The touchpoints of a journey are bits of numbers, 64 to each: few numbers differ, and every
-- touchpoint is counted over these.
visited as (
    select
        customer_key,
        journey_number,
        touchpoint_key // 64 as block,
        bit_or(1::ubigint << (touchpoint_key % 64)) as bits
    from core.steps
    where part != 'service' and not is_return
    group by customer_key, journey_number, block
),

counted as (
    select
        visited.block,
        visited.bits,
        count(*) as journeys,
        count(*) filter (where journeys.is_settled) as journeys_settled
    from visited
    inner join core.journeys
        on
            visited.customer_key = journeys.customer_key
            and visited.journey_number = journeys.journey_number
    group by visited.block, visited.bits
)

select
    touchpoints.touchpoint_key,
    sum(counted.journeys)::bigint as journeys,
    sum(counted.journeys_settled)::bigint as journeys_settled
from core.touchpoints
inner join counted
    on
        touchpoints.touchpoint_key // 64 = counted.block
        and counted.bits >> (touchpoints.touchpoint_key % 64) & 1 = 1
group by touchpoints.touchpoint_key
order by touchpoints.touchpoint_key
