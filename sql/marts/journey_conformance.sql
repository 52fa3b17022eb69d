-- model:  marts.journey_conformance
-- about:  How each settled journey fits the designed map. Empty without a map file.
-- scope:  global
-- grain:  one row per journey
-- key:    journey_id
-- reads:  analysis.journey_alignments, core.journey_ids
-- column: journey_id     | varchar | Journey.
-- column: customer_id    | varchar | Customer.
-- column: fitness        | double  | 1 − cost ÷ (steps + shortest complete run of the map); skipped and extra steps cost 1 each.
-- column: fitness_so_far | double  | The same with the steps after the journey's end left free: 1 − cost ÷ steps.
-- column: follows_map    | boolean | Whether it has no deviation but allowed ones.
-- column: is_finished    | boolean | Whether it came to the end of the map.
-- column: deviations     | bigint  | Deviations that are not allowed.
-- column: deviation_names | varchar[] | Kind and touchpoint of each deviation, allowed ones too, each once, sorted.
-- check:  error | follows_map = (deviations = 0) | a journey follows the map when nothing deviates

select
    journey_ids.journey_id,
    journey_ids.customer_id,
    alignments.fitness,
    alignments.fitness_so_far,
    alignments.follows_map,
    alignments.is_finished,
    alignments.deviations,
    alignments.deviation_names
from analysis.journey_alignments as alignments
inner join core.journey_ids
    on
        alignments.customer_key = journey_ids.customer_key
        and alignments.journey_number = journey_ids.journey_number
order by journey_ids.customer_id, journey_ids.journey_number
