-- model:  lab.funnel_segmented
-- about:  Events of a funnel, each with the level of a segment that its journey is in.
-- scope:  global
-- grain:  one row per event of a customer with actions
-- key:    customer_id, event_number
-- reads:  lab.funnel_chosen, lab.funnel_levels
-- params:
-- column: customer_id  | varchar | Customer.
-- column: journey_id   | varchar | Journey.
-- column: session_id   | varchar | Session; null for context between two sessions.
-- column: event_number | bigint  | Place among the customer's events.
-- column: occurred_us  | bigint  | Microseconds since 1970.
-- column: fits         | integer | Steps it fits, as bits.
-- column: excluded     | integer | Exclusions it fits, as bits.
-- column: held         | varchar | Value that an attempt holds; null where it is not known.
-- column: level        | varchar | Level of the segment; null where it is not known.

select
    events.customer_id,
    events.journey_id,
    events.session_id,
    events.event_number,
    events.occurred_us,
    events.fits,
    events.excluded,
    events.held,
    levels.level
from funnel_chosen as events
left join funnel_levels as levels
    on events.customer_id = levels.customer_id and events.journey_id = levels.journey_id
