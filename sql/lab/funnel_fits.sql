-- model:  lab.funnel_fits
-- about:  Every event of a customer, bots left out, with the steps and exclusions of a funnel it fits.
-- scope:  global
-- grain:  one row per event of a customer
-- key:    customer_id, event_number
-- reads:  marts.events
-- params: fits, excluded, held, level
-- column: customer_id  | varchar | Customer.
-- column: journey_id   | varchar | Journey; null for context.
-- column: session_id   | varchar | Session; null for context.
-- column: event_number | bigint  | Place among the customer's events.
-- column: occurred_us  | bigint  | Microseconds since 1970.
-- column: fits         | integer | Bit 0 for step 1, bit 1 for step 2, ….
-- column: excluded     | integer | Bit 0 for exclusion 1, bit 1 for exclusion 2, ….
-- column: held         | varchar | Value that an attempt holds; null where it is not known.
-- column: level        | varchar | Value of the breakdown; null where it is not known.

select
    customer_id,
    journey_id,
    session_id,
    event_number::bigint as event_number,
    epoch_us(occurred_at) as occurred_us,
    $fits::integer as fits,
    $excluded::integer as excluded,
    $held::varchar as held,
    $level::varchar as level
from events
where customer_id is not null and not is_bot
