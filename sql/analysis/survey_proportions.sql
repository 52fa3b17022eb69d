-- model:  analysis.survey_proportions
-- about:  Share of good scores and of answered invitations, summed per customer; measures are 'csat' and '<survey>_response'. Scores of all touchpoints together have item ''.
-- scope:  sums
-- grain:  one row per (measure, item)
-- key:    measure, item
-- reads:  analysis.customer_surveys
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

trials as (
    select
        'csat' as measure,
        if(subject = 'all', '', item) as item,
        good as x,
        scores as n
    from analysis.customer_surveys
    where survey = 'csat' and scores > 0
    union all
    select
        survey || '_response' as measure,
        if(subject = 'all', '', item) as item,
        answered as x,
        invitations as n
    from analysis.customer_surveys
    where invitations > 0
)

select
    measure,
    item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
group by measure, item
order by measure, item
