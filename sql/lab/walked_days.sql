-- model:  lab.walked_days
-- about:  Some journeys with the days or weeks in which they started and reached their goal, in the reporting zone.
-- scope:  global
-- grain:  one row per journey
-- key:    row_number
-- reads:  marts.journeys, marts.clock, lab.members
-- params: unit
-- column: row_number   | bigint        | Where the journey stands in the snapshot.
-- column: customer_id  | varchar       | Customer.
-- column: outcome      | varchar       | Outcome.
-- column: value        | decimal(18,4) | Gross value of the goal; null without one.
-- column: currency     | varchar       | Its currency.
-- column: is_order     | boolean       | Whether it reached a goal.
-- column: is_converted | boolean       | Whether it did within the journey timeout; null without a goal.
-- column: start_day    | date          | First day of the day or week in which it started.
-- column: goal_day     | date          | That of its goal; null without one.

select
    journeys.rowid as row_number,
    journeys.customer_id,
    journeys.outcome,
    journeys.value,
    journeys.currency,
    journeys.goal_at is not null as is_order,
    journeys.goal_at <= journeys.started_at + to_days(clock.journey_timeout_days) as is_converted,
    date_trunc(
        $unit, timezone(clock.reporting_timezone, timezone('UTC', journeys.started_at))
    )::date as start_day,
    date_trunc(
        $unit, timezone(clock.reporting_timezone, timezone('UTC', journeys.goal_at))
    )::date as goal_day
from main.journeys
inner join members on journeys.rowid = members.row_number
inner join main.clock on true
