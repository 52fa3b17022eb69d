-- model:   staging.merged_orders
-- about:   One event per order id over all sources and files, from rows whose consent is not refused. Rows of channel purchase named 'completed' make 'order:<order id>'; rows of another name without an own id make 'order:<order id>:<name>'; rows of another name with an own id stay apart. The order happened at its earliest row, is worth the sum of its rows and carries all their identifiers. Rows in several currencies have no sum: value and currency are null. Properties are those all rows agree on as a whole, else null. Everything else is the earliest row's (by occurred_at, then event_id).
-- scope:   global
-- grain:   one row per order event
-- key:     event_id
-- reads:   staging.rows, staging.doubled_rows
-- params:  staging_tables
-- column:  event_id    | varchar                               | 'order:<order id>' or 'order:<order id>:<event name>'.
-- column:  row_key     | bigint                                | Earliest row of the order of staging.rows.
-- column:  source      | varchar                               | Source of that row.
-- column:  identifiers | struct(kind varchar, value varchar)[] | Identifiers of all rows; sorted where there are several rows.
-- column:  properties  | json                                  | Properties all rows agree on, else null.
-- column:  currency    | varchar                               | Currency of value; null where rows differ.
-- column:  value       | decimal(18,4)                         | Sum over the rows; null when none has a value or currencies differ.
-- column:  rows        | bigint                                | Rows folded into it.
-- column:  occurred_at | timestamp                             | Earliest instant, UTC.

with

kept as (
    select
        claimed.order_event_id,
        claimed.row_key,
        claimed.delivery_key,
        claimed.row_number,
        claimed.source_sequence,
        claimed.source,
        claimed.occurred_at,
        row_number() over (
            partition by claimed.order_event_id
            order by claimed.occurred_at, coalesce(doubled.event_id, claimed.event_id)
        ) as place
    from staging.rows as claimed
    left join staging.doubled_rows as doubled on claimed.row_key = doubled.row_key
    where
        claimed.order_event_id is not null
        and not claimed.is_rejected
        and not claimed.is_waiting
        and not claimed.is_consent_refused
        and coalesce(doubled.is_kept, true)
),

folded as (
    select
        kept.order_event_id as event_id,
        any_value(kept.row_key) filter (kept.place = 1) as row_key,
        any_value(kept.source) filter (kept.place = 1) as source,
        any_value(delivered.identifiers) filter (kept.place = 1) as first_identifiers,
        list_sort(list_distinct(flatten(list(delivered.identifiers)))) as all_identifiers,
        case
            when min(delivered.properties::varchar) = max(delivered.properties::varchar)
                then any_value(delivered.properties) filter (kept.place = 1)
        end as properties,
        min(delivered.currency) as least_currency,
        max(delivered.currency) as greatest_currency,
        sum(delivered.value) as value,
        count(*) as rows,
        min(kept.occurred_at) as occurred_at
    from kept
    inner join query_table($staging_tables, true) as delivered
        on
            kept.delivery_key = delivered.delivery_key
            and kept.row_number = delivered.row_number
            and kept.source_sequence = coalesce(delivered.source_sequence, 0)
    where delivered.channel = 'purchase'
    group by kept.order_event_id
)

select
    event_id,
    row_key,
    source,
    case when rows = 1 then first_identifiers else all_identifiers end as identifiers,
    properties,
    case when least_currency = greatest_currency then least_currency end as currency,
    case
        when coalesce(least_currency = greatest_currency, true)
            then try_cast(value as decimal(18, 4))
    end as value,
    rows,
    occurred_at
from folded
