-- model:  lab.kept_loop_names
-- about:  Loops that anybody walked, with what they are called and the channels they lead through.
-- scope:  global
-- grain:  one row per loop
-- key:    keys
-- reads:  core.loop_walks, core.touchpoints
-- params:
-- column: keys             | varchar     | Codes of its touchpoints, joined by commas.
-- column: loop_keys        | usmallint[] | The codes themselves.
-- column: loop             | varchar     | Names of its touchpoints.
-- column: length           | bigint      | Touchpoints in it.
-- column: channels         | bigint      | Different channels in it.
-- column: channel_switches | bigint      | Moves of it from one channel to another.

with

loops as (
    select distinct loop_keys
    from core.loop_walks
)

select
    array_to_string(loops.loop_keys, ',') as keys,
    loops.loop_keys,
    array_to_string(list_transform(loops.loop_keys, lambda code: names.names[code + 1]), ' -> ') as loop,
    len(loops.loop_keys) as length,
    len(list_distinct(list_transform(loops.loop_keys, lambda code: names.channels[code + 1]))) as channels,
    len(list_filter(
        list_zip(loops.loop_keys, loops.loop_keys[2:] || loops.loop_keys[:1]),
        lambda pair: names.channels[pair[1] + 1] != names.channels[pair[2] + 1]
    )) as channel_switches
from loops
inner join (
    select
        list(touchpoint order by touchpoint_key) as names,
        list(channel order by touchpoint_key) as channels
    from core.touchpoints
) as names on true
order by keys
