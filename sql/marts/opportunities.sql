-- model:  marts.opportunities
-- about:  What to mend first: touchpoints that are slow, leaky or churny, loops whose journeys convert less, late answers whose customers buy less again. Only findings of 30 customers or more that survive many comparisons: at most one in twenty of them is expected to be chance. Associated, not caused.
-- scope:  global
-- grain:  one row per opportunity
-- key:    face, touchpoints
-- reads:  analysis.findings, analysis.opportunities, analysis.finding_words
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
-- column: value        | double    | conversions × mean gross value of a settled conversion; null without conversions, or without one currency.
-- column: currency     | varchar   | Currency of value; null without one.
-- column: p_value      | double    | Chance of such an excess, or a greater one, where there is none: one-sided, bootstrap over customers.
-- column: p_adjusted   | double    | The same after Benjamini–Hochberg over all candidates of all faces.
-- column: evidence_sql | varchar   | Query on this file that shows the cases behind it.
-- check:  error | excess > 0 and customers >= 30 and p_adjusted <= 0.05 | an opportunity is sure enough to be one
-- check:  error | excess_low <= excess and excess <= excess_high | an excess lies in its interval

select
    findings.rank,
    findings.face,
    findings.touchpoint,
    findings.touchpoints,
    findings.label,
    findings.stage,
    findings.owner,
    words.sentence,
    findings.effort,
    found.customers,
    findings.journeys,
    findings.share as reach,
    found.unit,
    found.n,
    found.figure,
    found.reference,
    found.excess,
    found.excess_low,
    found.excess_high,
    found.conversions,
    findings.value,
    findings.currency,
    found.p_value,
    found.p_adjusted,
    words.evidence_sql
from analysis.findings
inner join analysis.opportunities as found
    on findings.face = found.face and findings.item = found.item
inner join analysis.finding_words as words
    on findings.face = words.face and findings.item = words.item
order by findings.rank
