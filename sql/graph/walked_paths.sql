-- model:  graph.walked_paths
-- about:  The five simple paths to the goal that most buyers walked: the path of each settled converted journey with its loops erased.
-- scope:  global
-- grain:  one row per path
-- key:    path_number
-- reads:  core.steps, core.journeys, core.erasures, core.touchpoints
-- column: path_number | bigint    | Rank by journeys, ties by path, counted from 1.
-- column: touchpoints | varchar[] | Its touchpoints from the first step to the goal, each once.
-- column: journeys    | bigint    | Settled converted journeys that walked it, once their loops are erased.
-- column: customers   | bigint    | Customers of those journeys.
-- column: buyers      | bigint    | All settled converted journeys.

with

walks as (
    select
        steps.customer_key,
        steps.journey_number,
        list(steps.touchpoint_key order by steps.step_number) as touchpoint_keys
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    where steps.part = 'before' and journeys.is_settled and journeys.outcome = 'converted'
    group by steps.customer_key, steps.journey_number
),

paths as (
    select
        walks.customer_key,
        coalesce(erasures.path_keys, walks.touchpoint_keys) as path_keys
    from walks
    left join core.erasures
        on
            walks.customer_key = erasures.customer_key
            and walks.journey_number = erasures.journey_number
),

counted as (
    select
        path_keys,
        count(*) as journeys,
        count(distinct customer_key) as customers
    from paths
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
