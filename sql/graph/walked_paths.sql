-- model:  graph.walked_paths
-- about:  The five simple paths to the goal that most buyers walked: the path of each settled converted journey with its loops erased.
-- scope:  global
-- grain:  one row per path
-- key:    path_number
-- reads:  graph.paths, core.journeys, core.erasures, core.touchpoints
-- column: path_number | bigint    | Rank by journeys, ties by path, counted from 1.
-- column: touchpoints | varchar[] | Its touchpoints from the first step to the goal, each once.
-- column: journeys    | bigint    | Settled converted journeys that walked it, once their loops are erased.
-- column: customers   | bigint    | Customers of those journeys.
-- column: buyers      | bigint    | All settled converted journeys.

with

walked as (
    select
        paths.customer_key,
        coalesce(erasures.path_keys, paths.touchpoint_keys) as path_keys
    from graph.paths
    inner join core.journeys
        on
            paths.customer_key = journeys.customer_key
            and paths.journey_number = journeys.journey_number
    left join core.erasures
        on
            paths.customer_key = erasures.customer_key
            and paths.journey_number = erasures.journey_number
    where journeys.is_settled and journeys.outcome = 'converted'
),

counted as (
    select
        path_keys,
        count(*) as journeys,
        count(distinct customer_key) as customers
    from walked
    group by path_keys
),

ranked as (
    select
        counted.*,
        row_number() over (order by journeys desc, path_keys) as path_number,
        sum(journeys) over ()::bigint as buyers
    from counted
)

select
    ranked.path_number,
    list_transform(ranked.path_keys, lambda code: names.names[code + 1]) as touchpoints,
    ranked.journeys,
    ranked.customers,
    ranked.buyers
from ranked
inner join (
    select list(touchpoint order by touchpoint_key) as names
    from core.touchpoints
) as names on true
where ranked.path_number <= 5
order by ranked.path_number
