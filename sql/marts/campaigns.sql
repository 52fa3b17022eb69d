-- model:  marts.campaigns
-- about:  From the delivered mail to the goal, per campaign, in customers. What came after a mail is associated with it, not caused by it.
-- scope:  global
-- grain:  one row per campaign
-- key:    campaign
-- reads:  analysis.customer_campaigns, analysis.intervals
-- column: campaign          | varchar   | Campaign as the source names it; '(none)' where it names none.
-- column: delivered         | bigint    | Customers whom a mail reached: delivered, opened or clicked (email:delivered, email:open, email:click).
-- column: opened            | bigint    | Customers who opened one; mail programs open mails by themselves.
-- column: clicked           | bigint    | Customers who clicked a link.
-- column: clicked_settled   | bigint    | Those whose last click lies 7 days or more before the horizon: what goal_rate is over.
-- column: goals             | bigint    | Customers of clicked_settled with a goal within 7 days of a click.
-- column: open_rate         | double    | opened ÷ delivered.
-- column: open_rate_low     | double    | Lower bound at 95 % (Wilson).
-- column: open_rate_high    | double    | Upper bound.
-- column: click_rate        | double    | clicked ÷ delivered.
-- column: click_rate_low    | double    | Lower bound at 95 %.
-- column: click_rate_high   | double    | Upper bound.
-- column: goal_rate         | double    | goals ÷ clicked_settled; null without any.
-- column: goal_rate_low     | double    | Lower bound at 95 %.
-- column: goal_rate_high    | double    | Upper bound.
-- column: is_insufficient   | boolean   | Whether fewer than 30 customers were reached.
-- column: is_goal_rate_insufficient | boolean | Whether fewer than 30 customers stand behind goal_rate.
-- column: first_at          | timestamp | First event of the campaign, UTC.
-- column: last_at           | timestamp | Last one, UTC.
-- check:  error | delivered >= opened and delivered >= clicked and clicked >= clicked_settled and clicked_settled >= goals | each step holds no more than the one before
-- check:  error | open_rate_low <= open_rate and open_rate <= open_rate_high | a rate lies in its interval

with

counted as (
    select
        campaign,
        count(*) as delivered,
        count(*) filter (where is_opened) as opened,
        count(*) filter (where is_clicked) as clicked,
        count(*) filter (where is_settled) as clicked_settled,
        count(*) filter (where is_settled and is_goal) as goals,
        min(first_at) as first_at,
        max(last_at) as last_at
    from analysis.customer_campaigns
    group by campaign
)

select
    counted.campaign,
    counted.delivered,
    counted.opened,
    counted.clicked,
    counted.clicked_settled,
    counted.goals,
    opens.rate as open_rate,
    opens.low as open_rate_low,
    opens.high as open_rate_high,
    clicks.rate as click_rate,
    clicks.low as click_rate_low,
    clicks.high as click_rate_high,
    bought.rate as goal_rate,
    bought.low as goal_rate_low,
    bought.high as goal_rate_high,
    counted.delivered < 30 as is_insufficient,
    counted.clicked_settled < 30 as is_goal_rate_insufficient,
    counted.first_at,
    counted.last_at
from counted
left join analysis.intervals as opens
    on opens.measure = 'email_open_rate' and counted.campaign = opens.item
left join analysis.intervals as clicks
    on clicks.measure = 'email_click_rate' and counted.campaign = clicks.item
left join analysis.intervals as bought
    on bought.measure = 'email_goal_rate' and counted.campaign = bought.item
order by counted.delivered desc, counted.campaign
