-- model:  marts.events
-- about:  Every accepted event: who did what, when and where, and the session and journey it belongs to. Identifiers stay in the private warehouse.
-- scope:  customer
-- grain:  one row per event
-- key:    event_id
-- reads:  staging.events, core.events, core.unowned_events, core.event_origins, core.actions, core.outcomes, core.refunds, core.touchpoints, core.session_ids, core.journey_ids, identity.customers, ops.deliveries
-- column: event_id        | varchar       | '<source>:<own id>', or '<source>:<hash of content>' where the source gives none.
-- column: customer_id     | varchar       | Customer; null where no identifier of the event was accepted.
-- column: session_id      | varchar       | Session of an action; null for context, bots and events without a customer.
-- column: journey_id      | varchar       | Journey of an action, or of the order a refund takes back; null for other events.
-- column: event_number    | integer       | Place among the customer's events, counted from 1; null without a customer.
-- column: source          | varchar       | Source that delivered it.
-- column: channel         | varchar       | Channel: web, email, chat, purchase, ….
-- column: event_name      | varchar       | What happened, in the source's word; null where it gave none.
-- column: touchpoint      | varchar       | Normalised name of the interaction, channel:name.
-- column: stage           | varchar       | Business phase that fits the event's place in its journey; null for none.
-- column: role            | varchar       | 'action' when the customer did it, 'context' when the brand did it.
-- column: source_group    | varchar       | Group of origins such as paid, organic or referral; null when no rule matches.
-- column: order_id        | varchar       | Order it belongs to; null where it belongs to none.
-- column: value           | decimal(18,4) | Amount in currency; null when none.
-- column: currency        | varchar       | Currency of value; null without a value or when not known.
-- column: url             | varchar       | Page without query and fragment; parts with an '@' read '(removed)'.
-- column: referrer        | varchar       | Page before, cut likewise; null when not known.
-- column: utm_source      | varchar       | Campaign source; null when not given.
-- column: utm_medium      | varchar       | Campaign medium; null when not given.
-- column: utm_campaign    | varchar       | Campaign name; null when not given.
-- column: device          | varchar       | Kind of device; null when not known.
-- column: country         | varchar       | Country as the source names it; null when not known.
-- column: conversation_id | varchar       | Conversation it belongs to; null where it belongs to none.
-- column: actor           | varchar       | 'customer', 'agent' or 'system'; null when not known.
-- column: score           | double        | Score of a rating or survey reply; null for anything else.
-- column: consent         | varchar       | Consent as the source states it; null when not known.
-- column: is_bot          | boolean       | Whether a program did it; such events are kept out of sessions.
-- column: properties      | json          | The allow-listed properties; null when none.
-- column: source_sequence | bigint        | The source's own counter, 0 where it has none.
-- column: occurred_at     | timestamp     | When it happened, UTC.
-- column: sent_at         | timestamp     | When the client sent it, UTC; null where not given.
-- column: received_at     | timestamp     | When the source received or last changed it, UTC; null where not given.
-- column: loaded_at       | timestamp     | Start of the run that loaded its file, UTC; null for events handed over in a frame.

with

-- Where each event of a customer stands: narrow rows are joined before wide ones.
placed as (
    select
        events.event_key,
        events.customer_key,
        events.event_number,
        events.touchpoint_key,
        actions.session_number,
        coalesce(actions.journey_number, refunds.journey_number) as journey_number,
        events.event_number > outcomes.goal_number as is_after_goal
    from core.events
    left join core.actions on events.event_key = actions.event_key
    left join core.refunds on events.event_key = refunds.event_key
    left join core.outcomes
        on
            actions.customer_key = outcomes.customer_key
            and actions.journey_number = outcomes.journey_number
)

select
    staged.event_id,
    customers.customer_id,
    session_ids.session_id,
    journey_ids.journey_id,
    placed.event_number,
    staged.source,
    staged.channel,
    staged.event_name,
    touchpoints.touchpoint,
    if(placed.is_after_goal, touchpoints.stage_after_goal, touchpoints.stage) as stage,
    touchpoints.role,
    origins.source_group,
    staged.order_id,
    staged.value,
    staged.currency,
    origins.url,
    origins.referrer,
    staged.utm_source,
    staged.utm_medium,
    staged.utm_campaign,
    staged.device,
    staged.country,
    staged.conversation_id,
    staged.actor,
    staged.score,
    staged.consent,
    staged.is_bot,
    origins.properties,
    staged.source_sequence,
    staged.occurred_at,
    staged.sent_at,
    staged.received_at,
    deliveries.loaded_at
from staging.events as staged
inner join core.event_origins as origins on staged.event_key = origins.event_key
left join placed on staged.event_key = placed.event_key
left join core.unowned_events as unowned on staged.event_key = unowned.event_key
left join core.touchpoints
    on coalesce(placed.touchpoint_key, unowned.touchpoint_key) = touchpoints.touchpoint_key
left join identity.customers on placed.customer_key = customers.customer_key
left join core.session_ids
    on
        placed.customer_key = session_ids.customer_key
        and placed.session_number = session_ids.session_number
left join core.journey_ids
    on
        placed.customer_key = journey_ids.customer_key
        and placed.journey_number = journey_ids.journey_number
left join ops.deliveries on staged.delivery_key = deliveries.delivery_key
-- By numbers, which sort faster than texts: a customer's key follows the order of ids when all are
-- numbered anew.
order by placed.customer_key, coalesce(placed.event_number, staged.event_key)
