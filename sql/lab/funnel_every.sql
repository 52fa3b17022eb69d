-- model:  lab.funnel_every
-- about:  Every attempt: an event takes a step of the attempt that is furthest along of those it can carry on, of these the one begun last; where there is none and it fits the first step, it begins an attempt. In any order it serves the first step it fits. A fold over each unit's events.
-- scope:  global
-- grain:  one row per attempt
-- key:    unit_id, attempt_number
-- reads:  lab.funnel_touches
-- params: steps, reach, gaps, window_us, is_strict, is_any_order, bars
-- column: unit_id        | varchar  | Customer, journey or session.
-- column: attempt_number | bigint   | Counted from 1 in the order they began.
-- column: places         | bigint[] | Place of the event of each step up to the last one taken; null for a step left out.
-- column: instants       | bigint[] | When each was, in microseconds since 1970; null for a step left out.

with

lined_up as (
    select
        unit_id,
        list(
            {
                'place': place,
                'at': occurred_us,
                'held': held,
                'steps': if(
                    held is null,
                    [],
                    list_filter(
                        range(1, $steps + 1), lambda step: (fits & (1 << (step - 1)::integer)) > 0
                    )
                ),
                'bars': list_filter(
                    $bars::bigint[][], lambda bar: (excluded & (1 << (bar[1] - 1)::integer)) > 0
                )
            }
            order by place
        ) as events
    from funnel_touches
    where
        $is_any_order
        or unit_id in (select unit_id from funnel_touches where (fits & 1) > 0)
    group by unit_id
),

folded as (
    select
        unit_id,
        list_reduce(
            events,
            lambda attempts, event: list_transform(
                [
                    list_max(list_filter(
                        list_transform(
                            attempts,
                            lambda attempt, number: if(
                                attempt.is_open
                                and attempt.held = event.held
                                and event.at - attempt.begun_us <= $window_us
                                and (not $is_strict or event.place = attempt.last_place + 1),
                                [
                                    attempt.step,
                                    number,
                                    list_filter(
                                        if($is_any_order, event.steps[1:1], event.steps),
                                        lambda step: if(
                                            $is_any_order,
                                            not list_contains(attempt.done, step),
                                            step > attempt.step
                                            and step <= ($reach::bigint[])[attempt.step]
                                            and event.at - attempt.last_us <= ($gaps::bigint[])[step]
                                        )
                                    )[1]
                                ],
                                null
                            )
                        ),
                        lambda found: found[3] is not null
                    ))
                ],
                lambda best: list_concat(
                    list_transform(
                        attempts,
                        lambda attempt, number: if(
                            number = best[2],
                            {
                                'begun_us': attempt.begun_us,
                                'last_us': event.at,
                                'last_place': event.place,
                                'held': attempt.held,
                                'step': if($is_any_order, attempt.step + 1, best[3]),
                                'done': list_append(attempt.done, best[3]),
                                'is_open': true,
                                'places': list_append(
                                    list_concat(
                                        attempt.places,
                                        list_transform(
                                            range(
                                                attempt.step + 1,
                                                if($is_any_order, attempt.step + 1, best[3])
                                            ),
                                            lambda left_out: null::bigint
                                        )
                                    ),
                                    event.place
                                ),
                                'instants': list_append(
                                    list_concat(
                                        attempt.instants,
                                        list_transform(
                                            range(
                                                attempt.step + 1,
                                                if($is_any_order, attempt.step + 1, best[3])
                                            ),
                                            lambda left_out: null::bigint
                                        )
                                    ),
                                    event.at
                                )
                            },
                            {
                                'begun_us': attempt.begun_us,
                                'last_us': attempt.last_us,
                                'last_place': attempt.last_place,
                                'held': attempt.held,
                                'step': attempt.step,
                                'done': attempt.done,
                                'is_open': attempt.is_open
                                and len(list_filter(
                                    event.bars,
                                    lambda bar: bar[2] <= attempt.step and attempt.step < bar[3]
                                )) = 0,
                                'places': attempt.places,
                                'instants': attempt.instants
                            }
                        )
                    ),
                    if(
                        best is null
                        and len(event.steps) > 0
                        and ($is_any_order or event.steps[1] = 1),
                        [
                            {
                                'begun_us': event.at,
                                'last_us': event.at,
                                'last_place': event.place,
                                'held': event.held,
                                'step': 1::bigint,
                                'done': event.steps[1:1],
                                'is_open': true,
                                'places': [event.place],
                                'instants': [event.at]
                            }
                        ],
                        []
                    )
                )
            )[1],
            []::struct(
                begun_us bigint,
                last_us bigint,
                last_place bigint,
                held varchar,
                step bigint,
                done bigint[],
                is_open boolean,
                places bigint[],
                instants bigint[]
            )[]
        ) as attempts
    from lined_up
)

select
    unit_id,
    generate_subscripts(attempts, 1) as attempt_number,
    unnest(list_transform(attempts, lambda attempt: attempt.places)) as places,
    unnest(list_transform(attempts, lambda attempt: attempt.instants)) as instants
from folded
