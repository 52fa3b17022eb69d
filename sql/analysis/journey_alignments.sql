-- model:  analysis.journey_alignments
-- about:  How each settled journey fits the designed map.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  analysis.settled_paths, analysis.settled_variants, analysis.aligned_variants, core.journeys
-- column: customer_key   | integer   | Customer.
-- column: journey_number | integer   | Journey of the customer.
-- column: variant_key    | bigint    | Its path.
-- column: outcome        | varchar   | 'converted' or 'dropped'.
-- column: fitness        | double    | 1 − cost ÷ (steps + shortest complete run of the map).
-- column: fitness_so_far | double    | 1 − cost with a free end ÷ steps.
-- column: follows_map    | boolean   | Whether it has no deviation but allowed ones.
-- column: is_finished    | boolean   | Whether it came to the end of the map.
-- column: deviations     | bigint    | Deviations that are not allowed.
-- column: deviation_names | varchar[] | Kind and touchpoint of each deviation, allowed ones too, each once.
-- column: goal_seconds   | double    | From the first action to the goal; null without one, or where the start is unknown.
-- column: started_at     | timestamp | First action, UTC.

select
    paths.customer_key,
    paths.journey_number,
    variants.variant_key,
    if(journeys.outcome = 'converted', 'converted', 'dropped') as outcome,
    aligned.fitness,
    aligned.fitness_so_far,
    aligned.follows_map,
    aligned.missing_steps = 0 as is_finished,
    len(list_filter(aligned.deviations, lambda one: not one.is_allowed)) as deviations,
    list_sort(list_distinct(
        list_transform(aligned.deviations, lambda one: one.kind || ' ' || one.touchpoint)
    )) as deviation_names,
    case
        when journeys.outcome = 'converted' and not journeys.is_start_unknown
            then journeys.duration_microseconds / 1e6
    end as goal_seconds,
    journeys.started_at
from analysis.settled_paths as paths
inner join analysis.settled_variants as variants
    on paths.touchpoint_keys = variants.touchpoint_keys
inner join analysis.aligned_variants as aligned on variants.variant_key = aligned.variant_key
inner join core.journeys
    on
        paths.customer_key = journeys.customer_key
        and paths.journey_number = journeys.journey_number
