-- model:  lab.cohort_customers
-- about:  Each customer's first start, by which they belong to a cohort: the first of all, so that nobody known before the period asked is new in it.
-- scope:  global
-- grain:  one row per customer
-- key:    customer_id
-- reads:  lab.start_actions
-- column: customer_id   | varchar | Customer.
-- column: journey_id    | varchar | Journey of the first start.
-- column: cohort_date   | date    | First day of the period of the first start.
-- column: cohort_number | bigint  | The period's number.

select
    customer_id,
    min_by(journey_id, event_number) as journey_id,
    min(period_date) as cohort_date,
    min(period_number) as cohort_number
from start_actions
group by customer_id
