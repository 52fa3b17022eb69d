-- model:  analysis.kpi_samples
-- about:  The amounts of single journeys and conversations that means, medians and gains are taken of.
-- scope:  customer
-- grain:  one row per (kpi, journey or conversation)
-- key:    kpi, customer_key, sample_number
-- reads:  core.journeys, core.conversations, analysis.spend, identity.customers
-- params: reporting_timezone
-- column: kpi            | varchar  | KPI.
-- column: statistic      | varchar  | 'mean', 'median', or 'gain' (the sum less 1).
-- column: currency       | varchar  | Currency of the amount; null for none.
-- column: customer_key   | integer  | Customer.
-- column: sample_number  | integer  | Journey, or place of the conversation among those of the customer.
-- column: customer_hash  | ubigint  | 64 bits of a hash of customer_id, which resampling draws by.
-- column: amount         | double   | Amount of the journey or conversation; for a gain its share of the spend.

with

told as (
    select
        'average_order_value' as kpi,
        'mean' as statistic,
        currency,
        customer_key,
        journey_number as sample_number,
        value::double as amount
    from core.journeys
    where value is not null
    union all by name
    select
        'time_to_goal_p50_converted_only' as kpi,
        'median' as statistic,
        customer_key,
        journey_number as sample_number,
        duration_microseconds / 1e6 as amount
    from core.journeys
    where is_settled and outcome = 'converted' and not is_start_unknown
    union all by name
    select
        'steps_to_goal_p50_converted_only' as kpi,
        'median' as statistic,
        customer_key,
        journey_number as sample_number,
        steps::double as amount
    from core.journeys
    where is_settled and outcome = 'converted'
    union all by name
    select
        'steps_p50' as kpi,
        'median' as statistic,
        customer_key,
        journey_number as sample_number,
        steps::double as amount
    from core.journeys
    where is_settled and outcome != 'service'
    union all by name
    select
        'first_response_p50_seconds' as kpi,
        'median' as statistic,
        customer_key,
        (row_number() over (partition by customer_key order by source, conversation_id))::integer
            as sample_number,
        response_microseconds / 1e6 as amount
    from core.conversations
    where response_microseconds is not null
    union all by name
    select
        'resolution_p50_seconds' as kpi,
        'median' as statistic,
        customer_key,
        (row_number() over (partition by customer_key order by source, conversation_id))::integer
            as sample_number,
        resolution_microseconds / 1e6 as amount
    from core.conversations
    where resolution_microseconds is not null
    union all by name
    select
        'roi' as kpi,
        'gain' as statistic,
        spend.currency,
        journeys.customer_key,
        journeys.journey_number as sample_number,
        journeys.value_net::double / spend.amount as amount
    from core.journeys
    inner join analysis.spend
        on
            journeys.currency = spend.currency
            and timezone($reporting_timezone, timezone('UTC', journeys.goal_at))::date
            between spend.first_day and spend.last_day
    where spend.amount > 0
)

select
    told.kpi,
    told.statistic,
    told.currency,
    told.customer_key,
    told.sample_number,
    md5_number_lower(customers.customer_id) as customer_hash,
    told.amount
from told
inner join identity.customers on told.customer_key = customers.customer_key
