-- model:  marts.opportunities
-- about:  What to mend first: touchpoints that are slow, leaky or churny, loops whose journeys convert less, late answers whose customers buy less again. Only findings of 30 customers or more that survive many comparisons: at most one in twenty of them is expected to be chance. Associated, not caused.
-- scope:  global
-- grain:  one row per opportunity
-- key:    face, touchpoints
-- reads:  analysis.findings, analysis.opportunities
-- column: rank         | bigint    | Rank by value ÷ effort, else conversions ÷ effort, else excess ÷ effort, where low effort counts 1, medium 2 and high 4.
-- column: face         | varchar   | 'slow': long waits after it; 'leaky': journeys that end there; 'churny': visits when the journey had been there before; 'loop': journeys that went round; 'late answer': questions after the goal.
-- column: touchpoint   | varchar   | Touchpoint; for loops the one it is entered by most often.
-- column: touchpoints  | varchar[] | The touchpoint, or those of the loop.
-- column: label        | varchar   | Plain name, or those of the loop joined by ' -> '.
-- column: stage        | varchar   | Stage of the touchpoint: up to the goal, for late answers after it; null for none.
-- column: owner        | varchar   | Who is responsible; null where not given.
-- column: sentence     | varchar   | The finding in plain words.
-- column: effort       | varchar   | 'low', 'medium' or 'high', as the effort file says; 'medium' where it does not.
-- column: customers    | bigint    | Customers concerned.
-- column: journeys     | bigint    | Settled journeys concerned.
-- column: reach        | double    | journeys ÷ settled journeys, for late answers ÷ settled converted ones.
-- column: unit         | varchar   | What excess counts: 'delay hours', 'dropped journeys', 'wasted steps', 'lost conversions', 'lost repeat purchases'.
-- column: n            | bigint    | Visits, journeys with the loop, or questions answered late.
-- column: figure       | double    | Hours, exits or returns per visit; share of n that converted or bought again.
-- column: reference    | double    | The same of what it is compared with: the other touchpoints of the stage; journeys that came by and did not go round; questions answered in time.
-- column: excess       | double    | n × the difference of the two, in the unit.
-- column: excess_low   | double    | Lower bound of the excess: at 95 %, widened because the findings were chosen by their size.
-- column: excess_high  | double    | Upper bound.
-- column: conversions  | double    | Conversions associated with the excess; null where the face gives none. Rows do not add up.
-- column: value        | double    | conversions × average value of an order; null where either is.
-- column: currency     | varchar   | Currency of value; null without one.
-- column: p_value      | double    | Chance of such an excess, or a greater one, where there is none: one-sided, bootstrap over customers.
-- column: p_adjusted   | double    | The same after Benjamini–Hochberg over all candidates of all faces.
-- column: evidence_sql | varchar   | Query on this file that shows the cases behind it.
-- check:  error | excess > 0 and customers >= 30 and p_adjusted <= 0.05 | an opportunity is sure enough to be one
-- check:  error | excess_low <= excess and excess <= excess_high | an excess lies in its interval

with

told as (
    select
        findings.*,
        found.unit,
        found.n,
        found.customers,
        found.figure,
        found.reference,
        found.excess,
        found.excess_low,
        found.excess_high,
        found.conversions,
        found.p_value,
        found.p_adjusted,
        '''' || replace(findings.touchpoint, '''', '''''') || '''' as quoted,
        '[' || array_to_string(
            list_transform(
                findings.touchpoints, lambda name: '''' || replace(name, '''', '''''') || ''''
            ), ', '
        ) || ']' as quoted_list
    from analysis.findings
    inner join analysis.opportunities as found
        on findings.face = found.face and findings.item = found.item
)

select
    rank,
    face,
    touchpoint,
    touchpoints,
    label,
    stage,
    owner,
    case face
        when 'slow' then format(
            'After "{}" people wait {:.1f} hours on average, in comparable places {:.1f}: {:,.0f} hours more over {:,} visits of {:,} customers.',
            label, figure, reference, excess, n, customers
        )
        when 'leaky' then format(
            'Of {:,} visits to "{}" {:.1f} % are the last of their journey, in comparable places {:.1f} %: {:,.0f} journeys more are dropped there, of {:,} customers who came.',
            n, label, 100 * figure, 100 * reference, excess, customers
        )
        when 'churny' then format(
            'Of {:,} visits to "{}" {:.1f} % come back to it, in comparable places {:.1f} %: {:,.0f} steps more, of {:,} customers.',
            n, label, 100 * figure, 100 * reference, excess, customers
        )
        when 'loop' then format(
            '{:,} journeys of {:,} customers went round "{}" and {:.1f} % of them converted; of those that came by and did not go round {:.1f} %: {:,.0f} conversions fewer.',
            n, customers, label, 100 * figure, 100 * reference, excess
        )
        else format(
            '{:,} questions of {:,} customers at "{}" after the goal were answered late and {:.1f} % were followed by another purchase; of those answered in time {:.1f} %: {:,.0f} purchases fewer.',
            n, customers, label, 100 * figure, 100 * reference, excess
        )
    end as sentence,
    effort,
    customers,
    journeys,
    share as reach,
    unit,
    n,
    figure,
    reference,
    excess,
    excess_low,
    excess_high,
    conversions,
    value,
    currency,
    p_value,
    p_adjusted,
    case face
        when 'slow' then 'select journey_id, customer_id, left_at, wait_seconds from (select journey_id, customer_id, part, touchpoint, left_at, lead(wait_seconds) over (partition by journey_id, part order by step_number) as wait_seconds from steps) inner join journeys using (journey_id, customer_id) where part = ''before'' and touchpoint = ' || quoted || ' and is_settled and wait_seconds is not null order by wait_seconds desc, journey_id, left_at'
        when 'leaky' then 'select journey_id, customer_id, outcome, steps, ended_at from journeys where outcome in (''lost'', ''lapsed'') and is_settled and last_touchpoint = ' || quoted || ' order by ended_at desc, journey_id'
        when 'churny' then 'select journey_id, customer_id, step_number, direction, entered_at from steps inner join journeys using (journey_id, customer_id) where part = ''before'' and is_return and is_settled and touchpoint = ' || quoted || ' order by entered_at desc, journey_id, step_number'
        when 'loop' then 'select * from loops where touchpoints = ' || quoted_list
        else 'select * from after_care_answers where touchpoint = ' || quoted || ' order by is_late desc, asked_at desc, journey_id, step_number'
    end as evidence_sql
from told
order by rank
