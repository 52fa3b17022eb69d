-- model:  analysis.kpi_samples
-- about:  The amounts of single journeys and conversations that means, medians and gains are taken of.
-- scope:  customer
-- grain:  one row per (kpi, journey or conversation)
-- key:    kpi, customer_key, place
-- reads:  core.journeys, core.conversations, analysis.spend
-- params: reporting_timezone
-- column: kpi            | varchar  | KPI.
-- column: statistic      | varchar  | 'mean', 'median', or 'gain' (the sum less 1).
-- column: currency       | varchar  | Currency of the amount; null for none.
-- column: customer_key   | integer  | Customer.
-- column: place          | integer  | Journey, or place of the conversation among those of the customer.
-- column: amount         | double   | Amount of the journey or conversation; for a gain its share of the spend.

select
    'average_order_value' as kpi,
    'mean' as statistic,
    currency,
    customer_key,
    journey_number as place,
    value::double as amount
from core.journeys
where value is not null
union all
select
    'time_to_goal_p50_converted_only' as kpi,
    'median' as statistic,
    null as currency,
    customer_key,
    journey_number as place,
    duration_microseconds / 1e6 as amount
from core.journeys
where is_settled and outcome = 'converted' and not is_start_unknown
union all
select
    'steps_to_goal_p50_converted_only' as kpi,
    'median' as statistic,
    null as currency,
    customer_key,
    journey_number as place,
    steps::double as amount
from core.journeys
where is_settled and outcome = 'converted'
union all
select
    'steps_p50' as kpi,
    'median' as statistic,
    null as currency,
    customer_key,
    journey_number as place,
    steps::double as amount
from core.journeys
where is_settled and outcome != 'service'
union all
select
    'first_response_p50_seconds' as kpi,
    'median' as statistic,
    null as currency,
    customer_key,
    (row_number() over (partition by customer_key order by source, conversation_id))::integer
        as place,
    response_microseconds / 1e6 as amount
from core.conversations
where response_microseconds is not null
union all
select
    'resolution_p50_seconds' as kpi,
    'median' as statistic,
    null as currency,
    customer_key,
    (row_number() over (partition by customer_key order by source, conversation_id))::integer
        as place,
    resolution_microseconds / 1e6 as amount
from core.conversations
where resolution_microseconds is not null
union all
select
    'roi' as kpi,
    'gain' as statistic,
    spend.currency,
    journeys.customer_key,
    journeys.journey_number as place,
    journeys.value_net::double / spend.amount as amount
from core.journeys
inner join analysis.spend
    on
        journeys.currency = spend.currency
        and timezone($reporting_timezone, timezone('UTC', journeys.goal_at))::date
        between spend.first_day and spend.last_day
where spend.amount > 0
