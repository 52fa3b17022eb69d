-- model:  lab.between_spans
-- about:  How long it takes from one touchpoint to another, as a histogram.
-- scope:  global
-- grain:  one row per span of time
-- key:    from_seconds
-- reads:  lab.between_pairs
-- params: edges
-- column: from_seconds | double | Shortest time of the span, included.
-- column: to_seconds   | double | Longest, not included; null for the last span.
-- column: times        | bigint | Times in it.
-- column: share        | double | times ÷ all times; null without any.
-- column: share_so_far | double | Those of this span and shorter ones ÷ all times.

with

spans as (
    select
        from_seconds,
        lead(from_seconds) over (order by from_seconds) as to_seconds
    from (select unnest($edges::double[]) as from_seconds) as edges
),

counted as (
    select
        spans.from_seconds,
        spans.to_seconds,
        count(between_pairs.seconds) as times
    from spans
    left join between_pairs
        on
            spans.from_seconds <= between_pairs.seconds
            and (spans.to_seconds > between_pairs.seconds or spans.to_seconds is null)
    group by spans.from_seconds, spans.to_seconds
)

select
    from_seconds,
    to_seconds,
    times,
    times / nullif(sum(times) over (), 0) as share,
    sum(times) over (order by from_seconds) / nullif(sum(times) over (), 0) as share_so_far
from counted
order by from_seconds
