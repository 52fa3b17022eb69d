-- model:  lab.attributed_journeys
-- about:  Settled journeys whose conversions are shared out, with the group of customers each is resampled in; service journeys had no chance to buy.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.journeys
-- params: zone, first_day, last_day
-- column: customer_id   | varchar       | Customer.
-- column: journey_id    | varchar       | Journey.
-- column: journey_key   | bigint        | The journey as a number, which nothing depends on.
-- column: sample_number | bigint        | 0 to 1,023, by a hash of customer_id.
-- column: is_converted  | boolean       | Whether it reached a goal.
-- column: value         | decimal(18,4) | Gross value of the goal; null without one.
-- column: currency      | varchar       | Its currency; null without a value.
-- column: ended_at      | timestamp     | Goal, loss or last action, UTC.

select
    customer_id,
    journey_id,
    row_number() over () as journey_key,
    (md5_number_lower(customer_id) % 1024)::bigint as sample_number,
    outcome = 'converted' as is_converted,
    value,
    if(value is null, null, currency) as currency,
    ended_at
from journeys
where
    is_settled
    and outcome != 'service'
    and (
        $first_day::date is null
        or timezone($zone, timezone('UTC', ended_at))::date
        between $first_day::date and $last_day::date
    )
