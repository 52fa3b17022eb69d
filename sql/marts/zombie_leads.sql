-- model:  marts.zombie_leads
-- about:  Open customers who will hardly buy although they took more touches than the median buyer: the chance to convert where they stand, given how long they have been silent, is below opportunities.zombie_chance.
-- scope:  global
-- grain:  one row per open journey
-- key:    journey_id
-- reads:  core.journeys, core.steps, core.touchpoints, core.journey_ids, core.horizon, analysis.stay_curves, analysis.move_chances
-- params: zombie_chance
-- column: customer_id     | varchar   | Customer.
-- column: journey_id      | varchar   | The open journey.
-- column: touchpoint      | varchar   | Touchpoint of its last step.
-- column: label           | varchar   | Plain name.
-- column: silence_seconds | double    | From its last action to the end of the data.
-- column: touches         | bigint    | Steps so far.
-- column: buyer_touches   | double    | Median steps of settled converted journeys.
-- column: chance          | double    | Chance to convert: over the ways to go on, the share of stays still to end so after that silence × the chance to convert from there ÷ the share of stays not ended by then.
-- column: sentence        | varchar   | The same in plain words.
-- column: evidence_sql    | varchar   | Query on this file that shows the journey's steps.
-- column: last_action_at  | timestamp | Last action, UTC.
-- check:  error | chance between 0 and 1 and touches > buyer_touches | a zombie lead took many touches

with

buyers as (
    select median(steps) as touches
    from core.journeys
    where is_settled and outcome = 'converted'
),

waiting as (
    select
        journeys.customer_key,
        journeys.journey_number,
        journeys.steps as touches,
        buyers.touches as buyer_touches,
        journeys.last_action_at,
        steps.touchpoint_key,
        (epoch_us(horizon.horizon_at) - epoch_us(journeys.last_action_at)) / 1e6 as silence_seconds
    from core.journeys
    inner join core.horizon on true
    inner join buyers on journeys.steps > buyers.touches
    inner join core.steps
        on
            journeys.customer_key = steps.customer_key
            and journeys.journey_number = steps.journey_number
            and journeys.steps = steps.step_number
    where journeys.outcome = 'open'
),

causes as (
    select
        curves.item_key,
        curves.cause,
        max(curves.share) as share,
        any_value(chances.p_convert) as p_convert
    from analysis.stay_curves as curves
    inner join analysis.move_chances as chances
        on curves.item_key = chances.touchpoint_key and curves.cause = chances.cause
    where curves.kind = 'touchpoint'
    group by curves.item_key, curves.cause
),

ways as (
    select
        waiting.customer_key,
        waiting.journey_number,
        causes.cause,
        (causes.share - coalesce(curves.share, 0)) * causes.p_convert as still_to_come,
        coalesce(curves.staying_share, 1) as staying_share
    from waiting
    inner join causes on waiting.touchpoint_key = causes.item_key
    asof left join analysis.stay_curves as curves
        on
            causes.item_key = curves.item_key
            and causes.cause = curves.cause
            and curves.kind = 'touchpoint'
            and waiting.silence_seconds >= curves.seconds
),

chances as (
    select
        customer_key,
        journey_number,
        least(greatest(sum(still_to_come order by cause) / nullif(max(staying_share), 0), 0), 1) as chance
    from ways
    group by customer_key, journey_number
)

select
    ids.customer_id,
    ids.journey_id,
    touchpoints.touchpoint,
    touchpoints.label,
    waiting.silence_seconds,
    waiting.touches,
    waiting.buyer_touches,
    chances.chance,
    format(
        'Silent for {:.0f} days since "{}" after {} touches, where half of the buyers took '
        || '{:.0f} or fewer: the chance to buy is {:.1f}%.',
        waiting.silence_seconds / 86400, touchpoints.label, waiting.touches, waiting.buyer_touches,
        100 * chances.chance
    ) as sentence,
    'select * from steps where journey_id = ''' || replace(ids.journey_id, '''', '''''')
    || ''' and customer_id = ''' || ids.customer_id || ''' order by step_number' as evidence_sql,
    waiting.last_action_at
from waiting
inner join chances
    on
        waiting.customer_key = chances.customer_key
        and waiting.journey_number = chances.journey_number
inner join core.touchpoints on waiting.touchpoint_key = touchpoints.touchpoint_key
inner join core.journey_ids as ids
    on
        waiting.customer_key = ids.customer_key
        and waiting.journey_number = ids.journey_number
where chances.chance < $zombie_chance
order by chances.chance, ids.journey_id
