-- model:  lab.started_weeks
-- about:  Journeys by the week in which they started, Mondays in UTC; those about help alone left out.
-- scope:  global
-- grain:  one row per week
-- key:    week_start_date
-- reads:  marts.journeys
-- params:
-- column: week_start_date | date    | Monday of the week, UTC.
-- column: journeys        | bigint  | Settled journeys started in it.
-- column: journeys_open   | bigint  | Others started in it, not settled yet.
-- column: customers       | bigint  | Customers of the settled ones.
-- column: is_immature     | boolean | Whether some journey of the week is not settled yet.

with

started as (
    select
        customer_id,
        is_settled,
        date_trunc('week', started_at)::date as week_start_date
    from journeys
    where outcome != 'service'
)

select
    week_start_date,
    count(*) filter (where is_settled) as journeys,
    count(*) filter (where not is_settled) as journeys_open,
    count(distinct if(is_settled, customer_id, null)) as customers,
    bool_or(not is_settled) as is_immature
from started
group by week_start_date
