-- model:  marts.moments_of_influence
-- about:  Touchpoints that nearly everybody sees, and those that few see and yet many purchases pass by. Before the goal, over settled journeys; goals and losses are left out. Associated, not caused.
-- scope:  global
-- grain:  one row per touchpoint
-- key:    touchpoint
-- reads:  graph.nodes, core.touchpoints, analysis.chances
-- column: moment              | varchar | 'seen by nearly all': reach above 0.8; 'quiet but decisive': reach of 0.2 or less, and a removal effect of twice the reach or more whose interval lies above the reach.
-- column: touchpoint          | varchar | Touchpoint.
-- column: label               | varchar | Plain name.
-- column: channel             | varchar | Channel.
-- column: stage               | varchar | Stage up to the goal; null for none.
-- column: owner               | varchar | Who is responsible; null where not given.
-- column: customers           | bigint  | Customers who visited it in settled journeys, 30 or more.
-- column: journeys            | bigint  | Settled journeys that visited it.
-- column: reach               | double  | journeys ÷ settled journeys.
-- column: removal_effect      | double  | Share of conversions lost if every arrival there were dropped; null where nobody converts.
-- column: removal_effect_low  | double  | Lower bound at 95 %.
-- column: removal_effect_high | double  | Upper bound.
-- column: sentence            | varchar | The same in plain words.
-- column: evidence_sql        | varchar | Query on this file that shows the journeys that came by, and how they ended.
-- check:  error | reach > 0.8 or removal_effect >= 2 * reach | a moment is seen by many or decides much

with

judged as (
    select
        case
            when nodes.reach > 0.8 then 'seen by nearly all'
            when
                nodes.reach <= 0.2
                and chances.removal_effect >= 2 * nodes.reach
                and chances.removal_effect_low > nodes.reach
                then 'quiet but decisive'
        end as moment,
        nodes.node,
        nodes.customers_settled,
        nodes.journeys_settled,
        nodes.reach,
        chances.removal_effect,
        chances.removal_effect_low,
        chances.removal_effect_high
    from graph.nodes
    left join analysis.chances on nodes.node = chances.node
    where nodes.part = 'before' and nodes.customers_settled >= 30
)

select
    judged.moment,
    judged.node as touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.stage,
    touchpoints.owner,
    judged.customers_settled as customers,
    judged.journeys_settled as journeys,
    judged.reach,
    judged.removal_effect,
    judged.removal_effect_low,
    judged.removal_effect_high,
    case judged.moment
        when 'seen by nearly all'
            then
                format(
                    '"{}" is seen in {:.0f}% of {:,} journeys: what is told there reaches nearly all.',
                    touchpoints.label, 100 * judged.reach, (judged.journeys_settled / judged.reach)::bigint
                )
        else format(
            'Only {:.0f}% of the journeys come to "{}", and {:.0f}% of the purchases would be '
            || 'missing if nobody went on from there.',
            100 * judged.reach, touchpoints.label, 100 * judged.removal_effect
        )
    end as sentence,
    'select journey_id, customer_id, outcome, steps, started_at from journeys where is_settled '
    || 'and (journey_id, customer_id) in (select (journey_id, customer_id) from steps '
    || 'where part = ''before'' and touchpoint = '''
    || replace(judged.node, '''', '''''') || ''') order by started_at desc, journey_id' as evidence_sql
from judged
inner join core.touchpoints on judged.node = touchpoints.touchpoint
where judged.moment is not null and not touchpoints.is_goal and not touchpoints.is_loss
order by judged.moment desc, judged.reach desc, judged.node
