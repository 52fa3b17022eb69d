-- model:  core.session_ids
-- about:  The published name of each session.
-- scope:  customer
-- grain:  one row per session
-- key:    customer_key, session_number
-- reads:  core.sessions, identity.customers, staging.events
-- column: customer_key   | integer | Customer.
-- column: session_number | integer | Session of the customer.
-- column: customer_id    | varchar | Published id of the customer.
-- column: session_id     | varchar | The session the caller gave, else event_id of its first action.

select
    sessions.customer_key,
    sessions.session_number,
    customers.customer_id,
    coalesce(sessions.given_session_id, events.event_id) as session_id
from core.sessions
inner join identity.customers on sessions.customer_key = customers.customer_key
inner join staging.events on sessions.first_event_key = events.event_key
