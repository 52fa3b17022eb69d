-- model:  lab.matches
-- about:  Journeys whose path up to the goal fits a pattern.
-- scope:  global
-- grain:  one row per journey that fits
-- key:    customer_id, journey_id
-- reads:  lab.spelled_paths
-- params: regex
-- column: customer_id        | varchar | Customer.
-- column: journey_id         | varchar | Journey.
-- column: first_matched_step | bigint  | First step of the leftmost match; null where it holds no step.
-- column: last_matched_step  | bigint  | Last step of it, runs as long as they can be.
-- column: matches            | bigint  | Matches that do not overlap, from left to right.

with

matched as (
    select
        customer_id,
        journey_id,
        steps,
        stride,
        path,
        regexp_extract(path, $regex) as match,
        len(regexp_extract_all(path, $regex)) as matches
    from spelled_paths
    where regexp_matches(path, $regex)
),

placed as (
    select
        customer_id,
        journey_id,
        matches,
        greatest((strpos(path, match) + stride - 2) // stride, 1) as first_step,
        least((strpos(path, match) + length(match) + stride - 3) // stride, steps) as last_step
    from matched
)

select
    customer_id,
    journey_id,
    if(first_step <= last_step, first_step, null) as first_matched_step,
    if(first_step <= last_step, last_step, null) as last_matched_step,
    matches
from placed
