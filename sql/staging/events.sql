-- model:   staging.events
-- about:   Every event that counts: rejected rows, rows after as-of, duplicates and rows whose consent is refused are left out, rows of one order are folded into one. Which row wins depends on content alone.
-- scope:   global
-- grain:   one row per event
-- key:     event_key
-- reads:   staging.rows, staging.event_keys, staging.merged_orders, ops.freed_events
-- params:  staging_tables
-- column:  event_key        | bigint                                | Number inside; never published.
-- column:  event_id         | varchar                               | '<source>:<own id>', '<source>:<hash of content>', or 'order:<order id>'.
-- column:  delivery_key     | integer                               | Delivery its row came in.
-- column:  source           | varchar                               | Source as named in the settings.
-- column:  occurred_at      | timestamp                             | When it happened, UTC.
-- column:  sent_at          | timestamp                             | When the client sent it, UTC; null where not given.
-- column:  received_at      | timestamp                             | When the source received or last changed it, UTC; null where not given.
-- column:  source_sequence  | bigint                                | The source's own counter, 0 where it has none.
-- column:  channel          | varchar                               | Channel.
-- column:  event_name       | varchar                               | What happened, in the source's or the format's word.
-- column:  identifiers      | struct(kind varchar, value varchar)[] | Identifiers it carries; empty when none.
-- column:  order_id         | varchar                               | Order it belongs to; null where it belongs to none.
-- column:  value            | decimal(18,4)                         | Amount in currency; negative in some cancellations, as the source has it; null when none.
-- column:  currency         | varchar                               | Currency of value; null without a value or when not known.
-- column:  url              | varchar                               | Page as the source gives it, with or without a host; null where there is none.
-- column:  referrer         | varchar                               | Page before; null when not known.
-- column:  utm_source       | varchar                               | Campaign source; null when not given.
-- column:  utm_medium       | varchar                               | Campaign medium; null when not given.
-- column:  utm_campaign     | varchar                               | Campaign name; null when not given.
-- column:  device           | varchar                               | Kind of device; null when not known.
-- column:  country          | varchar                               | Country as the source names it; null when not known.
-- column:  conversation_id  | varchar                               | Conversation it belongs to; null where it belongs to none.
-- column:  actor            | varchar                               | customer, agent or system; null when not known.
-- column:  score            | double                                | Score of a rating or survey reply; null for anything else.
-- column:  consent          | varchar                               | Consent as the source states it; null when not known.
-- column:  is_bot           | boolean                               | True where the row shows a program, not a person.
-- column:  properties       | json                                  | What else the source says; null when nothing.
-- column:  given_session_id | varchar                               | Always null here; a session handed to from_events.
-- column:  given_journey_id | varchar                               | Always null here; a journey handed to from_events.
-- check:   error | occurred_at >= timestamp '2000-01-01' | events before 2000 are rejected

select
    keys.event_key,
    keys.event_id,
    delivered.delivery_key,
    delivered.source,
    delivered.occurred_at,
    delivered.sent_at,
    delivered.received_at,
    keys.source_sequence,
    delivered.channel,
    delivered.event_name,
    coalesce(freed.identifiers, orders.identifiers, delivered.identifiers, []) as identifiers,
    delivered.order_id,
    case when orders.event_id is not null then orders.value else delivered.value end as value,
    case when orders.event_id is not null then orders.currency else delivered.currency end as currency,
    delivered.url,
    delivered.referrer,
    delivered.utm_source,
    delivered.utm_medium,
    delivered.utm_campaign,
    delivered.device,
    delivered.country,
    delivered.conversation_id,
    delivered.actor,
    delivered.score,
    delivered.consent,
    coalesce(delivered.is_bot, false) as is_bot,
    case when orders.event_id is not null then orders.properties else delivered.properties end as properties,
    null::varchar as given_session_id,
    null::varchar as given_journey_id
from query_table($staging_tables, true) as delivered
inner join staging.event_keys as keys
    on
        delivered.delivery_key = keys.delivery_key
        and delivered.row_number = keys.row_number
        and coalesce(delivered.source_sequence, 0) = keys.source_sequence
left join staging.merged_orders as orders on keys.event_id = orders.event_id
left join ops.freed_events as freed on keys.event_id = freed.event_id
