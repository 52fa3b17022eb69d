-- model:  marts.next_moves
-- about:  What people did next, by direction: where they went instead of advancing. Over settled visits before the goal; goals and losses are left out. The shares of a touchpoint sum to 1.
-- scope:  global
-- grain:  one row per (touchpoint, move) seen
-- key:    touchpoint, move
-- reads:  analysis.drop_off_intervals, analysis.next_step_counts, core.touchpoints
-- column: touchpoint           | varchar | Touchpoint left.
-- column: move                 | varchar | 'goal'; 'advance', 'skip', 'stay', 'self', 'back', 'restart', 'lateral' as the direction of a step; 'loss' where the journey bought later all the same; 'dropped' where it ended.
-- column: visits               | bigint  | Visits followed by it.
-- column: visits_settled       | bigint  | All settled visits to the touchpoint: what share is over.
-- column: customers            | bigint  | Customers of all those visits.
-- column: share                | double  | visits ÷ visits_settled.
-- column: share_low            | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: share_high           | double  | Upper bound.
-- column: next_touchpoint      | varchar | Where it led most often, ties by name; null for 'dropped'.
-- column: next_touchpoint_visits | bigint | Visits it led there; null for 'dropped'.
-- column: is_insufficient      | boolean | Whether fewer than 30 customers stand behind it.
-- check:  error | visits <= visits_settled | moves are among the visits

with

commonest as (
    select
        counts.touchpoint_key,
        counts.move,
        entered.touchpoint as next_touchpoint,
        counts.visits
    from analysis.next_step_counts as counts
    inner join core.touchpoints as entered on counts.next_touchpoint_key = entered.touchpoint_key
    qualify row_number() over (
        partition by counts.touchpoint_key, counts.move
        order by counts.visits desc, entered.touchpoint
    ) = 1
),

moves (move_rank, move) as (
    values
    (1, 'goal'),
    (2, 'advance'),
    (3, 'skip'),
    (4, 'stay'),
    (5, 'self'),
    (6, 'lateral'),
    (7, 'back'),
    (8, 'restart'),
    (9, 'loss'),
    (10, 'dropped')
)

select
    touchpoints.touchpoint,
    moves.move,
    intervals.successes as visits,
    intervals.trials as visits_settled,
    intervals.customers,
    intervals.rate as share,
    intervals.low as share_low,
    intervals.high as share_high,
    commonest.next_touchpoint,
    commonest.visits as next_touchpoint_visits,
    intervals.is_insufficient
from core.touchpoints
inner join moves on true
inner join analysis.drop_off_intervals as intervals
    on intervals.measure = 'next_move' and intervals.item = touchpoints.touchpoint || ' ' || moves.move
left join commonest
    on
        touchpoints.touchpoint_key = commonest.touchpoint_key
        and moves.move = commonest.move
order by touchpoints.touchpoint, moves.move_rank
