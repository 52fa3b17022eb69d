-- model:  marts.voice
-- about:  What customers said, on the map: scores of surveys per touchpoint and per transition into it, with the lists of delights and pains. A score is about the last step before the invitation (without one, before the score) of the same conversation, else at most 7 days old.
-- scope:  global
-- grain:  one row per (survey, subject, part, from_node, touchpoint)
-- key:    survey, subject, part, from_node, touchpoint
-- reads:  analysis.customer_surveys, analysis.intervals, analysis.nps_intervals, core.touchpoints
-- column: survey          | varchar | 'csat' or 'nps'.
-- column: subject         | varchar | 'touchpoint' or 'transition'.
-- column: part            | varchar | 'before' the goal, 'after' it, or 'service'.
-- column: from_node       | varchar | Transition: touchpoint left, or '(start)', '(converted)'; null for a touchpoint.
-- column: touchpoint      | varchar | Touchpoint the scores are about.
-- column: label           | varchar | Plain name.
-- column: owner           | varchar | Who is responsible; null where not given.
-- column: figure          | double  | CSAT: share of scores of 4 or 5. NPS: promoters (9, 10) less detractors (0 to 6) per 100 scores. Null without a score.
-- column: unit            | varchar | 'share' for csat, 'points' for nps.
-- column: low             | double  | Lower bound at 95 %: Wilson for csat, bootstrap over customers for nps; null without a score, for nps below two customers.
-- column: high            | double  | Upper bound.
-- column: scores          | bigint  | Scores: what the figure is over.
-- column: customers       | bigint  | Customers who gave them.
-- column: score_mean      | double  | Mean score; null without any.
-- column: good_scores     | bigint  | Scores of 4 or 5, of 9 or 10 for nps.
-- column: bad_scores      | bigint  | Scores of 1 or 2, of 0 to 6 for nps.
-- column: invitations     | bigint  | Invitations: what response_share is over.
-- column: response_share  | double  | Invitations with a score ÷ invitations; null without any.
-- column: response_low    | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: response_high   | double  | Upper bound.
-- column: delight_rank    | bigint  | Rank by the lower bound, best first, per survey and subject; ties by names, null without bounds.
-- column: pain_rank       | bigint  | Rank by the upper bound, worst first.
-- column: is_insufficient | boolean | Whether fewer than 30 customers stand behind the figure.
-- check:  error | unit != 'share' or figure between 0 and 1 | a share lies in [0, 1]
-- check:  error | unit != 'share' or (low <= figure and figure <= high) | a share lies in its interval
-- check:  error | response_share between 0 and 1 | no more answers than invitations

with

summed as (
    select
        item,
        any_value(survey) as survey,
        any_value(subject) as subject,
        any_value(part) as part,
        any_value(from_node) as from_node,
        any_value(touchpoint) as touchpoint,
        sum(scores)::bigint as scores,
        count(*) filter (where scores > 0) as customers,
        sum(score_sum) as score_sum,
        sum(good)::bigint as good_scores,
        sum(bad)::bigint as bad_scores,
        sum(invitations)::bigint as invitations
    from analysis.customer_surveys
    where subject != 'all'
    group by item
),

judged as (
    select
        summed.*,
        if(summed.survey = 'csat', shares.rate, points.value) as figure,
        if(summed.survey = 'csat', shares.low, points.low) as low,
        if(summed.survey = 'csat', shares.high, points.high) as high,
        responses.rate as response_share,
        responses.low as response_low,
        responses.high as response_high
    from summed
    left join analysis.intervals as shares
        on shares.measure = 'csat' and summed.item = shares.item
    left join analysis.intervals as responses
        on summed.survey || '_response' = responses.measure and summed.item = responses.item
    left join analysis.nps_intervals as points on summed.item = points.item
)

select
    judged.survey,
    judged.subject,
    judged.part,
    judged.from_node,
    judged.touchpoint,
    touchpoints.label,
    touchpoints.owner,
    judged.figure,
    if(judged.survey = 'csat', 'share', 'points') as unit,
    judged.low,
    judged.high,
    judged.scores,
    judged.customers,
    judged.score_sum::double / nullif(judged.scores, 0) as score_mean,
    judged.good_scores,
    judged.bad_scores,
    judged.invitations,
    judged.response_share,
    judged.response_low,
    judged.response_high,
    case when judged.low is not null then row_number() over (
        partition by judged.survey, judged.subject
        order by judged.low desc nulls last, judged.figure desc, judged.item
    ) end as delight_rank,
    case when judged.high is not null then row_number() over (
        partition by judged.survey, judged.subject
        order by judged.high nulls last, judged.figure, judged.item
    ) end as pain_rank,
    judged.customers < 30 as is_insufficient
from judged
inner join core.touchpoints on judged.touchpoint = touchpoints.touchpoint
order by judged.survey, judged.subject, delight_rank nulls last, judged.item
