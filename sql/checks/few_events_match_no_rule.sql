-- on:       marts.touchpoints
-- severity: warn
-- about:    The share of events that no touchpoint rule names stays under the limit checks.max_other_share; the rows are the kinds of events to write rules for.
-- params:   max_other_share
with

shares as (
    select
        sum(events) filter (where rule_number is null and touchpoint = channel || ':other') as unnamed,
        sum(events) as events
    from core.event_kinds
)

select
    kinds.channel,
    kinds.event_name,
    sum(kinds.events) as events
from core.event_kinds as kinds
inner join shares on true
where
    kinds.rule_number is null
    and kinds.touchpoint = kinds.channel || ':other'
    and shares.unnamed > $max_other_share * shares.events
group by kinds.channel, kinds.event_name
