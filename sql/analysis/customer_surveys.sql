-- model:  analysis.customer_surveys
-- about:  What each customer was asked and said of each touchpoint and of each transition into it.
-- scope:  customer
-- grain:  one row per (item, customer)
-- key:    item, customer_key
-- reads:  core.surveys, core.touchpoints
-- column: item         | varchar | JSON list of the next five columns.
-- column: survey       | varchar | 'csat' or 'nps'.
-- column: subject      | varchar | 'all', 'touchpoint' or 'transition'.
-- column: part         | varchar | 'before', 'after' or 'service'; null for all.
-- column: from_node    | varchar | Step before, else '(start)' or, after the goal, '(converted)'; null but for transitions.
-- column: touchpoint   | varchar | Touchpoint the score is about; null for all.
-- column: customer_key | integer | Customer.
-- column: scores       | bigint  | Scores given.
-- column: good         | bigint  | Those of 4 or 5 (csat), or 9 or 10 (nps).
-- column: bad          | bigint  | Those of 1 or 2 (csat), or 0 to 6 (nps).
-- column: score_sum    | decimal(38,6) | Sum of the scores.
-- column: invitations  | bigint  | Invitations.
-- column: answered     | bigint  | Invitations with a score.

with

told as (
    select
        surveys.*,
        touchpoints.touchpoint,
        coalesce(
            origins.touchpoint,
            if(surveys.part = 'after', '(converted)', '(start)')
        ) as origin,
        if(surveys.survey = 'csat', surveys.score >= 4, surveys.score >= 9) as is_good,
        if(surveys.survey = 'csat', surveys.score <= 2, surveys.score <= 6) as is_bad
    from core.surveys
    left join core.touchpoints on surveys.touchpoint_key = touchpoints.touchpoint_key
    left join core.touchpoints as origins
        on surveys.previous_touchpoint_key = origins.touchpoint_key
),

subjects as (
    select *, 'all' as subject, null as place, null as from_node, null as about from told
    union all
    select *, 'touchpoint' as subject, part as place, null as from_node, touchpoint as about
    from told
    where touchpoint is not null
    union all
    select *, 'transition' as subject, part as place, origin as from_node, touchpoint as about
    from told
    where touchpoint is not null
)

select
    to_json([survey, subject, place, from_node, about])::varchar as item,
    survey,
    subject,
    place::varchar as part,
    from_node::varchar as from_node,
    about::varchar as touchpoint,
    customer_key,
    count(score) as scores,
    count(*) filter (where is_good) as good,
    count(*) filter (where is_bad) as bad,
    coalesce(sum(score::decimal(18, 6)), 0)::decimal(38, 6) as score_sum,
    count(*) filter (where is_invited) as invitations,
    count(score) filter (where is_invited) as answered
from subjects
group by survey, subject, place, from_node, about, customer_key
order by item, customer_key
