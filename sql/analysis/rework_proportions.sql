-- model:  analysis.rework_proportions
-- about:  Share of the settled journeys with a contact on a channel that asked again on it or on another, summed per customer.
-- scope:  global
-- grain:  one row per (measure, part, channel, next channel); item is the last three joined by '|'
-- key:    measure, item
-- reads:  core.contacts, core.journeys
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

settled as (
    select contacts.*
    from core.contacts
    inner join core.journeys
        on
            contacts.customer_key = journeys.customer_key
            and contacts.journey_number = journeys.journey_number
    where journeys.is_settled
),

pairs as (
    select distinct part, previous_channel as from_channel, channel as to_channel
    from core.contacts
    where rework is not null
),

asked as (
    select
        part,
        channel,
        customer_key,
        count(distinct journey_number) as n
    from settled
    group by part, channel, customer_key
),

asked_again as (
    select
        part,
        previous_channel as from_channel,
        channel as to_channel,
        customer_key,
        count(distinct journey_number) as x
    from settled
    where rework is not null
    group by part, previous_channel, channel, customer_key
),

trials as (
    select
        concat_ws('|', pairs.part, pairs.from_channel, pairs.to_channel) as item,
        coalesce(asked_again.x, 0) as x,
        asked.n
    from pairs
    inner join asked on pairs.part = asked.part and pairs.from_channel = asked.channel
    left join asked_again
        on
            pairs.part = asked_again.part
            and pairs.from_channel = asked_again.from_channel
            and pairs.to_channel = asked_again.to_channel
            and asked.customer_key = asked_again.customer_key
)

select
    'rework' as measure,
    item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
group by item
order by item
