-- model:  analysis.stay_visits
-- about:  How many stays at each touchpoint before the goal there were, whose, and how many still run: what marts.stays counts.
-- scope:  sums
-- grain:  one row per touchpoint visited before the goal
-- key:    touchpoint_key
-- reads:  analysis.stays
-- column: touchpoint_key | usmallint | Touchpoint.
-- column: visits         | bigint    | Stays.
-- column: customers      | bigint    | Customers who stayed.
-- column: open_visits    | bigint    | Stays that still run at the horizon.
-- check:  error | visits >= customers and visits >= open_visits | counts nest

with

by_customer as (
    select
        touchpoint_key,
        count(*) as visits,
        count(*) filter (where cause is null) as open_visits
    from analysis.stays
    group by touchpoint_key, customer_key
)

select
    touchpoint_key,
    sum(visits)::bigint as visits,
    count(*) as customers,
    sum(open_visits)::bigint as open_visits
from by_customer
group by touchpoint_key
order by touchpoint_key
