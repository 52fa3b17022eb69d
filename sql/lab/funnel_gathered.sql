-- model:  lab.funnel_gathered
-- about:  Attempts in any order: for each unit the one with most different steps inside the window, of those the one that gets there first, of those the one begun last; or the one begun first. Each step is served by its first event in the attempt; an event serves the first step it fits.
-- scope:  global
-- grain:  one row per unit that entered
-- key:    unit_id
-- reads:  lab.funnel_fitting, lab.funnel_touches
-- params: is_first, window_us, ending
-- column: unit_id        | varchar  | Customer, journey or session.
-- column: attempt_number | bigint   | Always 1.
-- column: places         | bigint[] | Place of the event of each step done, in the order they were.
-- column: instants       | bigint[] | When each was, in microseconds since 1970.

with

serving as (
    select
        unit_id,
        held,
        place,
        occurred_us,
        min(step) as step
    from funnel_fitting
    group by unit_id, held, place, occurred_us
),

stopped as (
    select
        serving.unit_id,
        serving.held,
        serving.place,
        serving.occurred_us,
        serving.step,
        least(
            lead(serving.place) over (
                partition by serving.unit_id, serving.held, serving.step order by serving.place
            ),
            min(serving.place) over (
                partition by serving.unit_id, serving.held order by serving.occurred_us
                range between $window_us + 1 following and unbounded following
            ),
            barring.place
        ) as over_place,
        barring.place as stop_place
    from serving
    asof left join (
        select
            unit_id,
            place
        from funnel_touches
        where (excluded & $ending) > 0
    ) as barring
        on serving.unit_id = barring.unit_id and serving.place < barring.place
),

fullest as (
    select
        unit_id,
        max([steps, -place]) as best,
        arg_max(held, [steps, -place]) as held
    from (
        select
            unit_id,
            held,
            place,
            sum(change) over (partition by unit_id, held order by place)::bigint as steps
        from (
            select
                unit_id,
                held,
                place,
                1 as change
            from stopped
            union all
            select
                unit_id,
                held,
                over_place,
                -1 as change
            from stopped
            where over_place is not null
        ) as changes
    ) as running
    where not $is_first
    group by unit_id
),

begun as (
    select
        unit_id,
        min(place) as place
    from stopped
    where $is_first
    group by unit_id
    union all
    select
        stopped.unit_id,
        min(stopped.place) as place
    from stopped
    inner join fullest on stopped.unit_id = fullest.unit_id and stopped.held = fullest.held
    where
        stopped.place <= -fullest.best[2]
        and (stopped.over_place is null or stopped.over_place > -fullest.best[2])
    group by stopped.unit_id
)

select
    unit_id,
    1::bigint as attempt_number,
    list(place order by place) as places,
    list(occurred_us order by place) as instants
from (
    select
        serving.unit_id,
        min(serving.place) as place,
        min(serving.occurred_us) as occurred_us
    from begun
    inner join stopped as entry on begun.unit_id = entry.unit_id and begun.place = entry.place
    inner join serving
        on
            entry.unit_id = serving.unit_id
            and entry.held = serving.held
            and entry.place <= serving.place
            and serving.occurred_us - entry.occurred_us <= $window_us
            and (entry.stop_place is null or serving.place < entry.stop_place)
    group by serving.unit_id, serving.step
) as done
group by unit_id
