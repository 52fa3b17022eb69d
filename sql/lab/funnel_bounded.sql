-- model:  lab.funnel_bounded
-- about:  Events that fit steps of a funnel, and how far back the step before may stand: not before the window of the step, an exclusion that ends the attempt or, where the order is strict, the event before. With a tie window the axis of the walk is time, else the place among the unit's events.
-- scope:  global
-- grain:  one row per event and step it fits
-- key:    unit_id, place, step
-- reads:  lab.funnel_touches
-- params: steps, gaps, bars, is_strict, tie
-- column: unit_id     | varchar | Customer, journey or session.
-- column: customer_id | varchar | Customer.
-- column: held        | varchar | Value that an attempt holds.
-- column: step        | bigint  | Step of the funnel, counted from 1.
-- column: place       | bigint  | Place among the unit's events.
-- column: occurred_us | bigint  | Microseconds since 1970.
-- column: given_at    | bigint  | Where it stands on the axis of the walk as the step before another.
-- column: asked_at    | bigint  | Where it stands as the step after another: behind all that may come before it.
-- column: back_to     | bigint  | Least given_at of the step before.

with

marked as (
    select
        unit_id,
        customer_id,
        held,
        fits,
        excluded,
        place,
        occurred_us,
        if($tie = 0, place, occurred_us) as mark
    from funnel_touches
),

fitting as (
    select
        marked.unit_id,
        marked.customer_id,
        marked.held,
        numbers.step,
        marked.place,
        marked.occurred_us,
        marked.mark,
        min(marked.mark) over (
            partition by marked.unit_id order by marked.occurred_us
            range between ($gaps::bigint[])[numbers.step] preceding and current row
        ) as in_time
    from marked
    inner join (select unnest(range(1, $steps + 1)) as step) as numbers
        on (marked.fits & (1 << (numbers.step - 1)::integer)) > 0
    where marked.held is not null
),

bars as (
    select
        unnest($bars::bigint[][])[1] as bar,
        unnest($bars::bigint[][])[2] as first_step,
        unnest($bars::bigint[][])[3] as last_step
),

barred as (
    select
        fitting.unit_id,
        fitting.place,
        fitting.step,
        max(barring.mark) as mark
    from (
        select
            fitting.unit_id,
            fitting.place,
            fitting.step,
            fitting.mark,
            bars.bar
        from fitting
        inner join bars on fitting.step > bars.first_step and fitting.step <= bars.last_step
    ) as fitting
    asof inner join (
        select
            marked.unit_id,
            marked.mark,
            bars.bar
        from marked
        inner join bars on (marked.excluded & (1 << (bars.bar - 1)::integer)) > 0
    ) as barring
        on
            fitting.unit_id = barring.unit_id
            and fitting.bar = barring.bar
            and fitting.mark - $tie > barring.mark
    group by fitting.unit_id, fitting.place, fitting.step
)

select
    fitting.unit_id,
    fitting.customer_id,
    fitting.held,
    fitting.step,
    fitting.place,
    fitting.occurred_us,
    2 * fitting.mark + ($tie = 0)::bigint as given_at,
    2 * (fitting.mark + $tie) + ($tie > 0)::bigint as asked_at,
    2 * greatest(
        fitting.in_time,
        coalesce(barred.mark - $tie, fitting.in_time),
        if($is_strict, fitting.place - 1, fitting.in_time)
    ) + ($tie = 0)::bigint as back_to
from fitting
left join barred
    on
        fitting.unit_id = barred.unit_id
        and fitting.place = barred.place
        and fitting.step = barred.step
