-- model:  lab.kept_loops
-- about:  How often each journey walked each loop, sorted, so that any journeys are added up in one pass.
-- scope:  global
-- grain:  one row per (loop, journey)
-- key:    keys, customer_key, journey_number
-- reads:  core.loop_walks
-- params:
-- column: keys           | varchar | Codes of its touchpoints, joined by commas.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: occurrences    | bigint  | Walks.
-- column: runs           | bigint  | Walks that do not follow the same one at once.
-- column: rounds         | bigint  | Most walks of one run.
-- column: microseconds   | bigint  | Sum of their time.

with

numbered as (
    select
        array_to_string(loop_keys, ',') as keys,
        customer_key,
        journey_number,
        is_again,
        sum(if(is_again, 0, 1)) over (
            partition by loop_keys, customer_key, journey_number order by last_step_number
            rows between unbounded preceding and current row
        ) as run_number,
        epoch_us(ended_at) - epoch_us(started_at) as microseconds
    from core.loop_walks
),

runs as (
    select
        keys,
        customer_key,
        journey_number,
        count(*) as occurrences,
        count(*) filter (where not is_again) as runs,
        sum(microseconds)::bigint as microseconds
    from numbered
    group by keys, customer_key, journey_number, run_number
)

select
    keys,
    customer_key,
    journey_number,
    sum(occurrences)::bigint as occurrences,
    sum(runs)::bigint as runs,
    max(occurrences) as rounds,
    sum(microseconds)::bigint as microseconds
from runs
group by keys, customer_key, journey_number
order by keys, customer_key, journey_number
