-- model:  lab.funnel_chained
-- about:  Attempts that keep the order of the steps: for each unit the one that gets furthest, of those the one that gets there first, of those the one begun last, and from there each step as early as that allows. Step by step, each event takes the best chain that ends before it.
-- scope:  global
-- grain:  one row per unit that entered
-- key:    unit_id
-- reads:  lab.funnel_fitting
-- params: optional, is_first, window_us
-- column: unit_id        | varchar  | Customer, journey or session.
-- column: attempt_number | bigint   | Always 1.
-- column: places         | bigint[] | Place of the event of each step up to the last one taken; null for a step left out.
-- column: instants       | bigint[] | When each was, in microseconds since 1970; null for a step left out.

with recursive

chains as (
    select
        1::bigint as step,
        true as is_taken,
        unit_id,
        held,
        place,
        given_at,
        [occurred_us, place] as chain
    from funnel_fitting
    where step = 1
    qualify not $is_first or row_number() over (partition by unit_id order by place) = 1

    union all

    (
        select
            step,
            true as is_taken,
            unit_id,
            held,
            place,
            given_at,
            list_concat(best, [-occurred_us, -place]) as chain
        from (
            select
                step,
                unit_id,
                held,
                place,
                occurred_us,
                given_at,
                is_asking,
                max(chain) over (
                    partition by unit_id, held order by stands_at
                    range between greatest(stands_at - back_to, 0) preceding and 1 preceding
                ) as best
            from (
                select
                    step + 1 as step,
                    unit_id,
                    held,
                    place,
                    null as occurred_us,
                    given_at,
                    given_at as stands_at,
                    given_at - 1 as back_to,
                    false as is_asking,
                    chain
                from chains
                union all
                select
                    step,
                    unit_id,
                    held,
                    place,
                    occurred_us,
                    given_at,
                    asked_at as stands_at,
                    back_to,
                    true as is_asking,
                    null as chain
                from funnel_fitting
                where
                    step = (select max(step) + 1 from chains)
                    and unit_id in (select unit_id from chains)
            ) as neighbours
        ) as asked
        where is_asking and occurred_us - best[1] <= $window_us

        union all

        select
            step + 1 as step,
            false as is_taken,
            unit_id,
            held,
            place,
            given_at,
            list_concat(chain, [-4611686018427387904, -4611686018427387904]) as chain
        from chains
        where list_contains($optional::bigint[], step + 1)
    )
),

furthest as (
    select
        unit_id,
        max(list_concat([step, -place], chain))[3:] as best
    from chains
    where is_taken
    group by unit_id
)

select
    unit_id,
    1::bigint as attempt_number,
    list_transform(
        best[2:len(best):2], lambda place: nullif(abs(place), 4611686018427387904)
    ) as places,
    list_transform(
        best[1:len(best):2], lambda instant: nullif(abs(instant), 4611686018427387904)
    ) as instants
from furthest
