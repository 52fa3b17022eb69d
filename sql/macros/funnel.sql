-- model:   macros.funnel
-- about:   How many customers take touchpoints one after another, other events between allowed, and how long it takes. Of each customer the attempt that gets furthest counts, of those the one that gets there first, of those the one begun last. $touchpoints is a list of names in order, $window_days the longest time from the first, inclusive.
-- scope:   global
-- grain:   one row per touchpoint of the list
-- key:     step
-- reads:   marts.events
-- params:  touchpoints, window_days
-- default: window_days | 14
-- column:  step                      | bigint  | Place in the list, counted from 1.
-- column:  touchpoint                | varchar | Touchpoint.
-- column:  entered                   | bigint  | Customers who took the step.
-- column:  converted                 | bigint  | Of them, those who took the next one; null for the last.
-- column:  dropped                   | bigint  | Of them, those who did not; null for the last.
-- column:  conversion_rate           | double  | converted ÷ entered; null for the last, and where nobody entered.
-- column:  conversion_rate_low       | double  | Lower end of its 95 % interval.
-- column:  conversion_rate_high      | double  | Upper end of its 95 % interval.
-- column:  overall_rate              | double  | entered ÷ customers who took the first step; null where nobody did.
-- column:  time_to_next_p50_seconds  | double  | Median time to the next step; null where nobody took it.
-- column:  time_to_next_p90_seconds  | double  | 90th percentile of it.

with recursive

numbers as (
    select
        generate_subscripts($touchpoints::varchar[], 1) as step,
        unnest($touchpoints::varchar[]) as touchpoint
),

fitting as (
    select
        numbers.step,
        events.customer_id,
        events.event_number::bigint as event_number,
        epoch_us(events.occurred_at) as occurred_us
    from events
    inner join numbers on events.touchpoint = numbers.touchpoint
    where events.customer_id is not null and not events.is_bot
),

chains as (
    select
        step,
        customer_id,
        event_number,
        [occurred_us, event_number] as chain
    from fitting
    where step = 1

    union all

    select
        step,
        customer_id,
        event_number,
        list_concat(best, [-occurred_us, -event_number]) as chain
    from (
        select
            step,
            customer_id,
            event_number,
            occurred_us,
            max(chain) over (
                partition by customer_id order by event_number
                range between unbounded preceding and 1 preceding
            ) as best
        from (
            select
                step + 1 as step,
                customer_id,
                event_number,
                null as occurred_us,
                chain
            from chains
            union all
            select
                step,
                customer_id,
                event_number,
                occurred_us,
                null as chain
            from fitting
            where
                step = (select max(step) + 1 from chains)
                and customer_id in (select customer_id from chains)
        ) as neighbours
    ) as asked
    where occurred_us - best[1] <= $window_days * 86400000000
),

furthest as (
    select
        customer_id,
        max(list_concat([step, -event_number], chain)) as best
    from chains
    group by customer_id
),

taken as (
    select
        unnest(range(1, best[1] + 1)) as step,
        abs(best[2 * step + 3]) - abs(best[2 * step + 1]) as wait_us
    from furthest
),

counted as (
    select
        numbers.step,
        numbers.touchpoint,
        count(taken.step) as entered,
        count(taken.wait_us) as converted,
        quantile_cont(taken.wait_us, 0.5) / 1e6 as wait_p50_seconds,
        quantile_cont(taken.wait_us, 0.9) / 1e6 as wait_p90_seconds
    from numbers
    left join taken on numbers.step = taken.step
    group by numbers.step, numbers.touchpoint
),

rated as (
    select
        step,
        touchpoint,
        entered,
        wait_p50_seconds,
        wait_p90_seconds,
        first_value(entered) over (order by step) as entries,
        case when step < len($touchpoints) then converted end as converted,
        case when step < len($touchpoints) then converted end / nullif(entered, 0) as rate,
        3.8414588206941236
        / nullif(entered - (converted > 0 and converted < entered)::bigint, 0) as spread
    from counted
)

select
    step,
    touchpoint,
    entered,
    converted,
    entered - converted as dropped,
    rate as conversion_rate,
    case
        when rate = 0 then 0
        else (rate + spread / 2 - sqrt(spread * (rate * (1 - rate) + spread / 4))) / (1 + spread)
    end as conversion_rate_low,
    case
        when rate = 1 then 1
        else (rate + spread / 2 + sqrt(spread * (rate * (1 - rate) + spread / 4))) / (1 + spread)
    end as conversion_rate_high,
    entered / nullif(entries, 0) as overall_rate,
    wait_p50_seconds as time_to_next_p50_seconds,
    wait_p90_seconds as time_to_next_p90_seconds
from rated
order by step
