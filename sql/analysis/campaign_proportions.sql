-- model:  analysis.campaign_proportions
-- about:  Opens, clicks and goals of mail campaigns, summed per customer; item '' is all campaigns together, a trial being a customer and campaign.
-- scope:  sums
-- grain:  one row per (measure, campaign)
-- key:    measure, item
-- reads:  analysis.customer_campaigns
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

told as (
    select 'email_open_rate' as measure, campaign, customer_key, is_opened as is_success
    from analysis.customer_campaigns
    union all
    select 'email_click_rate' as measure, campaign, customer_key, is_clicked as is_success
    from analysis.customer_campaigns
    union all
    select 'email_goal_rate' as measure, campaign, customer_key, is_goal as is_success
    from analysis.customer_campaigns
    where is_settled
),

trials as (
    select
        measure,
        campaign,
        customer_key,
        count(*) filter (where is_success) as x,
        count(*) as n
    from told
    group by grouping sets ((measure, campaign, customer_key), (measure, customer_key))
)

select
    measure,
    coalesce(campaign, '') as item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
group by measure, coalesce(campaign, '')
order by measure, item
