-- model:  core.journey_ids
-- about:  The published name of each journey.
-- scope:  customer
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  core.journeys, identity.customers, staging.events
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: customer_id    | varchar | Published id of the customer.
-- column: journey_id     | varchar | The journey the caller gave, else event_id of its first action.

select
    journeys.customer_key,
    journeys.journey_number,
    customers.customer_id,
    coalesce(journeys.given_journey_id, events.event_id) as journey_id
from core.journeys
inner join identity.customers on journeys.customer_key = customers.customer_key
inner join staging.events on journeys.first_event_key = events.event_key
