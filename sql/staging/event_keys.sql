-- model:   staging.event_keys
-- about:   The number each event has inside, and the row that tells it: rejected rows, rows after as-of, duplicates and rows whose consent is refused are left out, rows of one order are folded into one. Which row wins depends on content alone.
-- scope:   global
-- grain:   one row per event
-- key:     event_key
-- reads:   staging.rows, staging.doubled_rows, staging.merged_orders
-- column:  event_key       | bigint  | Number inside, never published; a whole build counts from 1 by occurred_at, source, event_id, later runs go on from the greatest ever.
-- column:  event_id        | varchar | '<source>:<own id>', '<source>:<hash of content>', or 'order:<order id>'.
-- column:  claim_hash      | ubigint | Hash of the event id that its rows claim; of the order's where is_order.
-- column:  is_order        | boolean | Whether rows of an order were folded into it.
-- column:  delivery_key    | integer | Delivery of the row that tells it.
-- column:  row_number      | bigint  | Line or record number of that row.
-- column:  source_sequence | bigint  | Its counter.

with

kept as (
    select
        claimed.delivery_key,
        claimed.row_number,
        claimed.source_sequence,
        claimed.source,
        claimed.occurred_at,
        coalesce(doubled.event_id, claimed.event_id) as event_id,
        hash(claimed.event_id) as claim_hash,
        false as is_order
    from staging.rows as claimed
    left join staging.doubled_rows as doubled on claimed.row_key = doubled.row_key
    where
        claimed.order_event_id is null
        and not claimed.is_rejected
        and not claimed.is_waiting
        and not claimed.is_consent_refused
        and coalesce(doubled.is_kept, true)
    union all
    select
        claimed.delivery_key,
        claimed.row_number,
        claimed.source_sequence,
        orders.source,
        orders.occurred_at,
        orders.event_id,
        hash(orders.event_id) as claim_hash,
        true as is_order
    from staging.merged_orders as orders
    inner join staging.rows as claimed on orders.row_key = claimed.row_key
),

sorted as (
    select
        event_id,
        claim_hash,
        is_order,
        delivery_key,
        row_number,
        source_sequence
    from kept
    order by occurred_at, source, event_id
)

-- a window without an order streams over the sorted rows: a third of the time
select
    row_number() over () as event_key,
    event_id,
    claim_hash,
    is_order,
    delivery_key,
    row_number,
    source_sequence
from sorted
