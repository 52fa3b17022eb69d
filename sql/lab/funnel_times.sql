-- model:  lab.funnel_times
-- about:  How long attempts of a funnel took from one step to another.
-- scope:  global
-- grain:  one row per level and span of time
-- key:    level, from_seconds
-- reads:  lab.funnel_told
-- params: from_step, to_step, edges
-- column: level        | varchar | Level of the breakdown; null without one, or where it is not known.
-- column: from_seconds | double  | Least time of the span.
-- column: to_seconds   | double  | Least time that is beyond it; null for the last span.
-- column: attempts     | bigint  | Attempts whose time lies in it.
-- column: share        | double  | Share of all attempts of the level that took both steps.
-- column: share_so_far | double  | Share of those that took no longer than this span.

with

timed as (
    select
        earlier.level,
        (later.occurred_us - earlier.occurred_us) / 1e6 as seconds
    from funnel_told as earlier
    inner join funnel_told as later
        on
            earlier.level is not distinct from later.level
            and earlier.unit_id = later.unit_id
            and earlier.attempt_number = later.attempt_number
    where earlier.step = $from_step and later.step = $to_step and not earlier.is_removed
),

spans as (
    select
        from_seconds,
        lead(from_seconds) over (order by from_seconds) as to_seconds
    from (select unnest($edges::double[]) as from_seconds) as edges
),

levels as (
    select distinct level
    from timed
),

counted as (
    select
        levels.level,
        spans.from_seconds,
        spans.to_seconds,
        count(timed.seconds) as attempts
    from levels
    cross join spans
    left join timed
        on
            levels.level is not distinct from timed.level
            and (spans.from_seconds <= timed.seconds or spans.from_seconds = 0)
            and (spans.to_seconds > timed.seconds or spans.to_seconds is null)
    group by levels.level, spans.from_seconds, spans.to_seconds
)

select
    level,
    from_seconds,
    to_seconds,
    attempts,
    attempts / sum(attempts) over (partition by level) as share,
    sum(attempts) over (partition by level order by from_seconds)
    / sum(attempts) over (partition by level) as share_so_far
from counted
order by level nulls last, from_seconds
