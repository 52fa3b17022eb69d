-- model:  lab.group_sizes
-- about:  Settled journeys and their customers in two groups, service journeys left out.
-- scope:  global
-- grain:  one row per side with settled journeys
-- key:    side
-- reads:  lab.sides, marts.journeys
-- column: side      | varchar | 'a' or 'b'.
-- column: journeys  | bigint  | Settled journeys.
-- column: customers | bigint  | Their customers.

select
    sides.side,
    count(*) as journeys,
    count(distinct sides.customer_id) as customers
from sides
inner join main.journeys
    on
        sides.customer_id = journeys.customer_id
        and sides.journey_id = journeys.journey_id
where journeys.is_settled and journeys.outcome != 'service'
group by sides.side
order by sides.side
