-- model:  lab.segment_counts
-- about:  How many journeys each level of each segment holds, and how many of them convert.
-- scope:  global
-- grain:  one row per level of a segment
-- key:    segment, level
-- reads:  marts.journeys, lab.members
-- column: segment           | varchar | Segment.
-- column: level             | varchar | Level; null where it is not known.
-- column: journeys          | bigint  | Journeys, service journeys left out.
-- column: customers         | bigint  | Customers of them.
-- column: journeys_settled  | bigint  | Settled ones.
-- column: converted         | bigint  | Settled ones that converted.
-- column: customers_settled | bigint  | Customers of the settled ones.
-- column: sum_xx            | bigint  | Sum over customers of converted², for the interval.
-- column: sum_xn            | bigint  | Sum of converted × settled.
-- column: sum_nn            | bigint  | Sum of settled².

with

by_customer as (
    select
        members.segment,
        members.level,
        members.customer_id,
        count(*) as journeys,
        count(*) filter (where journeys.is_settled) as n,
        count(*) filter (where journeys.is_settled and journeys.outcome = 'converted') as x
    from members
    inner join main.journeys
        on
            members.customer_id = journeys.customer_id
            and members.journey_id = journeys.journey_id
    where journeys.outcome != 'service'
    group by members.segment, members.level, members.customer_id
)

select
    segment,
    level,
    sum(journeys)::bigint as journeys,
    count(*) as customers,
    sum(n)::bigint as journeys_settled,
    sum(x)::bigint as converted,
    count(*) filter (where n > 0) as customers_settled,
    sum(x * x)::bigint as sum_xx,
    sum(x * n)::bigint as sum_xn,
    sum(n * n)::bigint as sum_nn
from by_customer
group by segment, level
order by segment, level
