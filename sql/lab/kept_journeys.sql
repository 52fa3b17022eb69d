-- model:  lab.kept_journeys
-- about:  Every journey with what choices of journeys are weighed and told by.
-- scope:  global
-- grain:  one row per journey
-- key:    row_number
-- reads:  marts.journeys
-- column: row_number           | bigint  | Where the journey stands in the snapshot.
-- column: is_settled           | boolean | Whether it is settled.
-- column: outcome              | varchar | Outcome.
-- column: value                | bigint  | Gross value in ten thousandths; 0 without one.
-- column: is_sold              | boolean | Whether it is settled and converted, with a value.
-- column: currency             | varchar | Currency of the value; null without one.
-- column: goal_touchpoint      | varchar | The goal reached first; null without one.
-- column: steps                | bigint  | Steps up to the goal.
-- column: time_to_goal_seconds | double  | From the first action to the goal; null without one.
-- column: is_turning           | boolean | Whether it went back, to a lower stage or a touchpoint seen before.
-- column: week_start_date      | date    | Monday of the week in which it started, UTC.

select
    rowid as row_number,
    is_settled,
    outcome,
    coalesce((value * 10000)::bigint, 0) as value,
    is_settled and outcome = 'converted' and value is not null as is_sold,
    currency,
    goal_touchpoint,
    steps,
    time_to_goal_seconds,
    revisits > 0 or back_steps > 0 as is_turning,
    date_trunc('week', started_at)::date as week_start_date
from main.journeys
order by row_number
