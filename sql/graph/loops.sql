-- model:  graph.loops
-- about:  Observed loops before the goal: how often each was walked, by whom, what it cost, and how journeys with it fared.
-- scope:  global
-- grain:  one row per loop
-- key:    loop_keys
-- reads:  core.loop_walks, core.journeys, core.touchpoints, graph.visits
-- column: loop_keys                  | usmallint[] | Touchpoints as their lexicographically least rotation.
-- column: loop                       | varchar | The same as names joined by ' -> '.
-- column: length                     | bigint  | Touchpoints in it, at least 2.
-- column: entered_touchpoint         | varchar | Touchpoint it was entered by most often, ties by name.
-- column: channels                   | bigint  | Distinct channels in it.
-- column: channel_switches           | bigint  | Moves of one occurrence that lead into another channel, the closing one included.
-- column: occurrences                | bigint  | Times walked.
-- column: runs                       | bigint  | Occurrences that did not follow directly on another of the same loop; occurrences ÷ runs are the rounds.
-- column: rounds_max                 | bigint  | Most occurrences that followed directly on each other.
-- column: journeys                   | bigint  | Journeys that walked it.
-- column: customers                  | bigint  | Customers who walked it.
-- column: steps_spent                | bigint  | length × occurrences.
-- column: seconds_spent              | double  | Time from leaving the entering step to the return, summed.
-- column: seconds_p50                | double  | Median of it per occurrence.
-- column: journeys_with              | bigint  | Settled journeys that walked it.
-- column: converted_with             | bigint  | Converted ones among them.
-- column: journeys_without           | bigint  | Settled journeys that reached entered_touchpoint before the goal and never walked it.
-- column: converted_without          | bigint  | Converted ones among them.
-- check:  error | journeys_without >= converted_without and converted_without >= 0 | who walked a loop reached the touchpoint it was entered by
-- check:  error | occurrences >= rounds_max and occurrences >= runs and runs >= journeys and journeys >= customers | occurrences, runs, journeys and customers nest

with

counted as (
    select
        loop_keys,
        (row_number() over ())::integer as loop_number,
        count(*) as occurrences,
        count(*) filter (where not is_again) as runs,
        mode(entered_touchpoint_key order by entered_touchpoint_key) as entered_touchpoint_key,
        sum(epoch_us(ended_at) - epoch_us(started_at)) / 1e6 as seconds_spent,
        quantile_cont(epoch_us(ended_at) - epoch_us(started_at), 0.5) / 1e6 as seconds_p50
    from core.loop_walks
    group by loop_keys
),

-- Numbers for lists: what journeys and customers are told apart by is then short.
walks as (
    select
        counted.loop_number,
        loop_walks.customer_key,
        loop_walks.journey_number,
        loop_walks.last_step_number,
        loop_walks.is_again,
        loop_walks.is_first
    from core.loop_walks
    inner join counted on loop_walks.loop_keys = counted.loop_keys
),

walkers as (
    select
        walks.loop_number,
        walks.customer_key,
        count(*) as journeys,
        count(*) filter (where journeys.is_settled) as journeys_with,
        count(*) filter (where journeys.is_settled and journeys.outcome = 'converted') as converted_with
    from walks
    inner join core.journeys
        on
            walks.customer_key = journeys.customer_key
            and walks.journey_number = journeys.journey_number
    where walks.is_first
    group by walks.loop_number, walks.customer_key
),

walked as (
    select
        loop_number,
        sum(journeys)::bigint as journeys,
        count(*) as customers,
        sum(journeys_with)::bigint as journeys_with,
        sum(converted_with)::bigint as converted_with
    from walkers
    group by loop_number
),

-- Only journeys that walked a loop again at once have runs of more than one round.
numbered as (
    select
        loop_number,
        customer_key,
        journey_number,
        sum(if(is_again, 0, 1)) over (
            partition by loop_number, customer_key, journey_number order by last_step_number
            rows between unbounded preceding and current row
        ) as run_number
    from walks
    where
        (loop_number, customer_key, journey_number) in (
            select (again.loop_number, again.customer_key, again.journey_number)
            from walks as again
            where again.is_again
        )
),

rounds as (
    select
        loop_number,
        max(rounds) as rounds_max
    from (
        select
            loop_number,
            count(*) as rounds
        from numbered
        group by loop_number, customer_key, journey_number, run_number
    ) as by_run
    group by loop_number
),

reached as (
    select
        visits.touchpoint_key,
        visits.journeys_settled,
        visits.journeys_converted
    from graph.visits
    where visits.part = 'before'
)

select
    counted.loop_keys,
    array_to_string(list_transform(counted.loop_keys, lambda code: names.names[code + 1]), ' -> ') as loop,
    len(counted.loop_keys) as length,
    names.names[counted.entered_touchpoint_key + 1] as entered_touchpoint,
    len(list_distinct(list_transform(counted.loop_keys, lambda code: names.channels[code + 1]))) as channels,
    len(list_filter(
        list_zip(counted.loop_keys, counted.loop_keys[2:] || counted.loop_keys[:1]),
        lambda pair: names.channels[pair[1] + 1] != names.channels[pair[2] + 1]
    )) as channel_switches,
    counted.occurrences,
    counted.runs,
    coalesce(rounds.rounds_max, 1) as rounds_max,
    walked.journeys,
    walked.customers,
    len(counted.loop_keys) * counted.occurrences as steps_spent,
    counted.seconds_spent,
    counted.seconds_p50,
    walked.journeys_with,
    walked.converted_with,
    reached.journeys_settled - walked.journeys_with as journeys_without,
    reached.journeys_converted - walked.converted_with as converted_without
from counted
inner join walked on counted.loop_number = walked.loop_number
left join rounds on counted.loop_number = rounds.loop_number
inner join reached on counted.entered_touchpoint_key = reached.touchpoint_key
inner join (
    select
        list(touchpoint order by touchpoint_key) as names,
        list(channel order by touchpoint_key) as channels
    from core.touchpoints
) as names on true
order by counted.occurrences desc, loop
