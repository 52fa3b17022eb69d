-- model:  marts.response_times
-- about:  How soon agents answer and how long conversations take, per channel and week. Times are of conversations that were answered; answered_share says how many that are.
-- scope:  global
-- grain:  one row per (channel, week), and one per channel over all weeks
-- key:    channel, week
-- reads:  core.conversations, core.horizon, analysis.intervals, analysis.response_intervals
-- params: assume_complete, reporting_timezone
-- column: channel                | varchar | Channel of the customer's first message.
-- column: week                   | date    | Monday of the week of that message, in the reporting zone; null over all weeks.
-- column: conversations          | bigint  | Conversations that a customer began.
-- column: customers              | bigint  | Customers who began them.
-- column: conversations_answered | bigint  | Those with a message of an agent: what the first response is over.
-- column: first_response_p50_seconds  | double | Median time from the customer's first message to the agent's first; null without any.
-- column: first_response_low     | double  | Lower bound of the median at 95 % (bootstrap over customers); null below two customers.
-- column: first_response_high    | double  | Upper bound.
-- column: first_response_p90_seconds  | double | 90th percentile of that time.
-- column: conversations_resolved | bigint  | Answered ones whose last message lies more than 7 days before the horizon: what the resolution is over.
-- column: resolution_p50_seconds | double  | Median time from the customer's first message to the last message of either; null without any.
-- column: resolution_low         | double  | Lower bound of the median.
-- column: resolution_high        | double  | Upper bound.
-- column: resolution_p90_seconds | double  | 90th percentile of that time.
-- column: conversations_quiet    | bigint  | Conversations, answered or not, silent for more than 7 days: what answered_share is over.
-- column: answered_share         | double  | Answered ones ÷ conversations_quiet; null without any.
-- column: answered_share_low     | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: answered_share_high    | double  | Upper bound.
-- column: is_immature            | boolean | Whether the week ended less than 7 days before the horizon, so that its figures may change.
-- column: is_insufficient        | boolean | Whether fewer than 30 customers stand behind it.
-- check:  error | conversations >= conversations_answered and conversations_answered >= conversations_resolved | conversations nest
-- check:  error | answered_share_low <= answered_share and answered_share <= answered_share_high | a share lies in its interval

with

counted as (
    select
        channel,
        week,
        count(*) as conversations,
        count(distinct customer_key) as customers,
        count(response_microseconds) as conversations_answered,
        quantile_cont(response_microseconds, [0.5, 0.9]) as response_microseconds,
        count(resolution_microseconds) as conversations_resolved,
        quantile_cont(resolution_microseconds, [0.5, 0.9]) as resolution_microseconds
    from core.conversations
    group by grouping sets ((channel), (channel, week))
)

select
    counted.channel,
    counted.week,
    counted.conversations,
    counted.customers,
    counted.conversations_answered,
    counted.response_microseconds[1] / 1e6 as first_response_p50_seconds,
    responses.low as first_response_low,
    responses.high as first_response_high,
    counted.response_microseconds[2] / 1e6 as first_response_p90_seconds,
    counted.conversations_resolved,
    counted.resolution_microseconds[1] / 1e6 as resolution_p50_seconds,
    resolutions.low as resolution_low,
    resolutions.high as resolution_high,
    counted.resolution_microseconds[2] / 1e6 as resolution_p90_seconds,
    coalesce(shares.trials, 0) as conversations_quiet,
    shares.rate as answered_share,
    shares.low as answered_share_low,
    shares.high as answered_share_high,
    coalesce(
        not $assume_complete
        and horizon.horizon_at < timezone(
            'UTC', timezone($reporting_timezone, counted.week::timestamp + to_days(14))
        ),
        false
    ) as is_immature,
    counted.customers < 30 as is_insufficient
from counted
inner join core.horizon on true
left join analysis.intervals as shares
    on
        shares.measure = 'answered_share'
        and to_json([counted.channel, counted.week::varchar])::varchar = shares.item
left join analysis.response_intervals as responses
    on to_json(['response', counted.channel, counted.week::varchar])::varchar = responses.item
left join analysis.response_intervals as resolutions
    on to_json(['resolution', counted.channel, counted.week::varchar])::varchar = resolutions.item
order by counted.channel, counted.week nulls first
