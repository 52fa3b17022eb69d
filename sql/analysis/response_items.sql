-- model:  analysis.response_items
-- about:  What medians of response and resolution times are taken of, numbered, so that times need not repeat it.
-- scope:  global
-- grain:  one row per (figure, channel), and per (figure, channel, week)
-- key:    item_number
-- reads:  analysis.response_samples
-- column: item_number | usmallint | Counted from 0.
-- column: item        | varchar   | JSON list of 'response' or 'resolution', channel, week; the week is null over all weeks.
-- column: figure      | varchar   | 'response' or 'resolution'.
-- column: channel     | varchar   | Channel of the conversations.
-- column: week        | date      | Week they began in; null for all weeks.
-- column: customers   | bigint    | Customers behind it.

with

items as (
    select
        figure,
        channel,
        week,
        count(distinct customer_key) as customers
    from analysis.response_samples
    group by grouping sets ((figure, channel, week), (figure, channel))
)

select
    (row_number() over (order by figure, channel, week) - 1)::usmallint as item_number,
    to_json([figure, channel, week::varchar])::varchar as item,
    figure,
    channel,
    week,
    customers
from items
order by item_number
