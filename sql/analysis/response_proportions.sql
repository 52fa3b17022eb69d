-- model:  analysis.response_proportions
-- about:  Share of the quiet conversations that were answered, summed per customer; measure 'answered_share'.
-- scope:  sums
-- grain:  one row per (channel, week); item is a JSON list of both, the week null over all weeks
-- key:    measure, item
-- reads:  core.conversations
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

trials as (
    select
        channel,
        week,
        customer_key,
        count(response_microseconds) as x,
        count(*) as n
    from core.conversations
    where is_quiet
    group by grouping sets ((channel, customer_key), (channel, week, customer_key))
)

select
    'answered_share' as measure,
    to_json([channel, week::varchar])::varchar as item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
group by channel, week
order by item
