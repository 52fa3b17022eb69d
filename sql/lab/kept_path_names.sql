-- model:  lab.kept_path_names
-- about:  Paths up to the goal that anybody took, with the names of their touchpoints.
-- scope:  global
-- grain:  one row per path
-- key:    path_number
-- reads:  graph.paths, core.touchpoints
-- params:
-- column: path_number | bigint    | Path, numbered by its touchpoints.
-- column: touchpoints | varchar[] | Touchpoints in their order.
-- column: path        | varchar   | The same joined by ' -> '.
-- column: steps       | bigint    | Touchpoints in it.

with

paths as (
    select distinct touchpoint_keys
    from graph.paths
),

named as (
    select
        row_number() over (order by paths.touchpoint_keys) as path_number,
        list_transform(paths.touchpoint_keys, lambda code: names.names[code + 1]) as touchpoints
    from paths
    cross join (
        select list(touchpoint order by touchpoint_key) as names
        from core.touchpoints
    ) as names
)

select
    path_number,
    touchpoints,
    array_to_string(touchpoints, ' -> ') as path,
    len(touchpoints) as steps
from named
order by path_number
