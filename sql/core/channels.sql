-- model:  core.channels
-- about:  The channels that occur, with their rank in the total order of events.
-- scope:  global
-- grain:  one row per channel
-- key:    channel
-- reads:  staging.events
-- params: channel_order
-- column: channel      | varchar | Channel.
-- column: channel_rank | integer | Rank among events of one instant, counted from 1: the configured order, then by name.

with

occurring as (
    select distinct channel
    from staging.events
)

select
    channel,
    row_number() over (
        order by coalesce(list_position($channel_order, channel), 1000000), channel
    )::integer as channel_rank
from occurring
order by channel_rank
