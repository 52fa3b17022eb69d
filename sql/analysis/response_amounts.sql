-- model:  analysis.response_amounts
-- about:  The times of analysis.response_samples: all that resampling needs, in a few bytes a row.
-- scope:  global
-- grain:  one row per (item, sample of customers, time)
-- key:    item_number, sample_number, amount
-- reads:  analysis.response_samples, analysis.response_items, analysis.customer_samples
-- column: item_number   | usmallint | Item of analysis.response_items.
-- column: sample_number | usmallint | Sample of customers, 0 to 1,023.
-- column: amount        | double    | Seconds.
-- column: n             | uinteger  | Conversations that took so long.

with

times as (
    select figure, channel, week, customer_key, amount
    from analysis.response_samples
    union all
    select figure, channel, null as week, customer_key, amount
    from analysis.response_samples
)

select
    items.item_number,
    samples.sample_number,
    times.amount,
    count(*)::uinteger as n
from times
inner join analysis.response_items as items
    on
        times.figure = items.figure
        and times.channel = items.channel
        and times.week is not distinct from items.week
inner join analysis.customer_samples as samples on times.customer_key = samples.customer_key
group by items.item_number, samples.sample_number, times.amount
