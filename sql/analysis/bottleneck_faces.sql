-- model:  analysis.bottleneck_faces
-- about:  Each touchpoint before the goal against the others, in the three faces of a bottleneck, over settled journeys.
-- scope:  global
-- grain:  one row per (face, touchpoint) with visits the face is over
-- key:    face, touchpoint_key
-- reads:  analysis.visit_sums
-- params: target_wait_hours, target_exit_rate, target_return_rate
-- column: face            | varchar   | 'slow', 'leaky' or 'churny'.
-- column: touchpoint_key  | usmallint | Touchpoint.
-- column: unit            | varchar   | What total and excess count.
-- column: total           | double    | Delay hours, dropped journeys or wasted steps.
-- column: n               | bigint    | Visits the figure is over.
-- column: customers       | bigint    | Customers behind n.
-- column: figure          | double    | total ÷ n.
-- column: reference       | double    | The same of the touchpoints it is compared with, else the stated target; null without either.
-- column: reference_n     | bigint    | Visits of those; 0 without any.
-- column: reference_scope | varchar   | 'stage', 'all' or 'target'; null without a reference.
-- column: wasted_hours    | double    | Hours of the wasted steps; null for other faces.
-- column: excess          | double    | n × (figure − reference); null without a reference.

with

measured as (
    select
        'slow' as face,
        'delay hours' as unit,
        touchpoint_key,
        stage,
        wait_microseconds as amount,
        3600000000 as per_unit,
        waits as n,
        waiting_customers as customers,
        null as wasted_microseconds,
        $target_wait_hours::double as target
    from analysis.visit_sums
    where waits > 0
    union all
    select
        'leaky' as face,
        'dropped journeys' as unit,
        touchpoint_key,
        stage,
        exits as amount,
        1 as per_unit,
        visits as n,
        customers,
        null as wasted_microseconds,
        $target_exit_rate::double as target
    from analysis.visit_sums
    union all
    select
        'churny' as face,
        'wasted steps' as unit,
        touchpoint_key,
        stage,
        returns as amount,
        1 as per_unit,
        visits as n,
        customers,
        return_microseconds as wasted_microseconds,
        $target_return_rate::double as target
    from analysis.visit_sums
),

around as (
    select
        measured.*,
        if(stage is null, 0, sum(n) over of_stage - n) as stage_n,
        sum(amount) over of_stage - amount as stage_amount,
        sum(n) over of_face - n as other_n,
        sum(amount) over of_face - amount as other_amount
    from measured
    window
        of_stage as (partition by face, stage),
        of_face as (partition by face)
),

compared as (
    select
        around.*,
        case
            when stage_n >= 30 then 'stage'
            when other_n > 0 then 'all'
            when target is not null then 'target'
        end as reference_scope,
        case when stage_n >= 30 then stage_n else other_n end as reference_n,
        case when stage_n >= 30 then stage_amount else other_amount end as reference_amount
    from around
)

select
    face,
    touchpoint_key,
    unit,
    amount / per_unit as total,
    n,
    customers,
    amount / (n * per_unit) as figure,
    if(
        reference_scope = 'target',
        target,
        reference_amount / (nullif(reference_n, 0) * per_unit)
    ) as reference,
    reference_n::bigint as reference_n,
    reference_scope,
    wasted_microseconds / 3.6e9 as wasted_hours,
    if(
        reference_scope = 'target',
        amount / per_unit - n * target,
        (amount - n * reference_amount / nullif(reference_n, 0)) / per_unit
    ) as excess
from compared
order by face, touchpoint_key
