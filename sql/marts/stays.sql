-- model:  marts.stays
-- about:  How long visits before the goal last and what ends them, visits of open journeys included for as long as they were watched. A visit's stay starts at its last event; it ends by a goal, a loss, a move, or by leaving: nothing for the journey timeout. Goals and losses have no stay.
-- scope:  global
-- grain:  one row per touchpoint visited before the goal
-- key:    touchpoint
-- reads:  analysis.stay_visits, analysis.stay_curves, analysis.stay_quantiles, core.touchpoints
-- column: touchpoint       | varchar | Touchpoint.
-- column: label            | varchar | Plain name.
-- column: channel          | varchar | Channel.
-- column: stage            | varchar | Stage up to the goal; null for none.
-- column: visits           | bigint  | Visits of all journeys but service ones, open ones too.
-- column: customers        | bigint  | Customers who made them.
-- column: open_visits      | bigint  | Visits whose stay still ran at the horizon.
-- column: goal_share       | double  | Share that ends with the goal (Aalen-Johansen, as all shares here; together with open_share they sum to 1).
-- column: loss_share       | double  | Share that ends with a loss.
-- column: advance_share    | double  | Share that ends with a move to a later stage.
-- column: stay_share       | double  | Share that ends with a move within the stage, or to the same touchpoint in a later session.
-- column: back_share       | double  | Share that ends with a move to an earlier stage.
-- column: lateral_share    | double  | Share that ends with a move to a touchpoint without a stage, or before any stage.
-- column: leave_share      | double  | Share that ends with silence for the journey timeout.
-- column: open_share       | double  | Share nobody was watched long enough to tell; 0 once a visit was watched for the whole journey timeout.
-- column: stay_p50_seconds | double  | Least time by which half of the stays have ended (Kaplan-Meier); null when it was not reached.
-- column: stay_p90_seconds | double  | Least time by which nine in ten have ended; null when it was not reached.
-- column: is_insufficient  | boolean | Whether fewer than 30 customers stand behind it.
-- check:  error | open_visits <= visits and customers <= visits | counts nest
-- check:  error | abs(goal_share + loss_share + advance_share + stay_share + back_share + lateral_share + leave_share + open_share - 1) < 1e-6 | the causes sum to 1
-- check:  error | stay_p50_seconds <= stay_p90_seconds | quantiles rise

with

ends as (
    select
        item_key,
        coalesce(max(share) filter (where cause = 'goal'), 0) as goal_share,
        coalesce(max(share) filter (where cause = 'loss'), 0) as loss_share,
        coalesce(max(share) filter (where cause = 'advance'), 0) as advance_share,
        coalesce(max(share) filter (where cause = 'stay'), 0) as stay_share,
        coalesce(max(share) filter (where cause = 'back'), 0) as back_share,
        coalesce(max(share) filter (where cause = 'lateral'), 0) as lateral_share,
        coalesce(max(share) filter (where cause = 'leave'), 0) as leave_share,
        min(staying_share) as open_share
    from analysis.stay_curves
    where kind = 'touchpoint'
    group by item_key
)

select
    touchpoints.touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.stage,
    counted.visits,
    counted.customers,
    counted.open_visits,
    coalesce(ends.goal_share, 0) as goal_share,
    coalesce(ends.loss_share, 0) as loss_share,
    coalesce(ends.advance_share, 0) as advance_share,
    coalesce(ends.stay_share, 0) as stay_share,
    coalesce(ends.back_share, 0) as back_share,
    coalesce(ends.lateral_share, 0) as lateral_share,
    coalesce(ends.leave_share, 0) as leave_share,
    coalesce(ends.open_share, 1) as open_share,
    quantiles.stay_p50_seconds,
    quantiles.stay_p90_seconds,
    counted.customers < 30 as is_insufficient
from analysis.stay_visits as counted
inner join core.touchpoints on counted.touchpoint_key = touchpoints.touchpoint_key
left join ends on counted.touchpoint_key = ends.item_key
left join analysis.stay_quantiles as quantiles
    on quantiles.kind = 'touchpoint' and counted.touchpoint_key = quantiles.item_key
order by touchpoints.touchpoint
