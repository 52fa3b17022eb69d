-- model:  analysis.customer_campaigns
-- about:  How far each customer went with each mail campaign: delivered, opened, clicked, bought within 7 days of a click.
-- scope:  customer
-- grain:  one row per (campaign, customer)
-- key:    campaign, customer_key
-- reads:  core.events, core.touchpoints, core.actions, core.horizon, staging.events
-- params: assume_complete
-- column: campaign      | varchar   | Campaign as the source names it; '(none)' where it names none.
-- column: customer_key  | integer   | Customer.
-- column: first_at      | timestamp | First delivery, open or click, UTC.
-- column: last_at       | timestamp | Last one, UTC.
-- column: is_opened     | boolean   | Whether a mail was opened; mail programs open mails by themselves.
-- column: is_clicked    | boolean   | Whether a link was clicked.
-- column: is_settled    | boolean   | Whether the last click lies 7 days or more before the horizon; null without a click.
-- column: is_goal       | boolean   | Whether a goal came within 7 days of a click; null without a click.

with

mails as (
    select
        coalesce(staged.utm_campaign, '(none)') as campaign,
        events.customer_key,
        events.occurred_at,
        touchpoints.touchpoint
    from core.events
    inner join core.touchpoints on events.touchpoint_key = touchpoints.touchpoint_key
    inner join staging.events as staged on events.event_key = staged.event_key
    where
        touchpoints.touchpoint in ('email:delivered', 'email:open', 'email:click')
        and not staged.is_bot
),

goals as (
    select
        actions.customer_key,
        actions.occurred_at
    from core.actions
    inner join core.touchpoints on actions.touchpoint_key = touchpoints.touchpoint_key
    where touchpoints.is_goal
),

bought as (
    select distinct
        mails.campaign,
        mails.customer_key
    from mails
    inner join goals
        on
            mails.customer_key = goals.customer_key
            and mails.occurred_at <= goals.occurred_at
            and mails.occurred_at + to_days(7) >= goals.occurred_at
    where mails.touchpoint = 'email:click'
),

counted as (
    select
        campaign,
        customer_key,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        bool_or(touchpoint = 'email:open') as is_opened,
        bool_or(touchpoint = 'email:click') as is_clicked,
        max(occurred_at) filter (where touchpoint = 'email:click') as last_click_at
    from mails
    group by campaign, customer_key
)

select
    counted.campaign,
    counted.customer_key,
    counted.first_at,
    counted.last_at,
    counted.is_opened,
    counted.is_clicked,
    if(
        counted.is_clicked,
        $assume_complete or counted.last_click_at + to_days(7) <= horizon.horizon_at,
        null
    ) as is_settled,
    if(counted.is_clicked, bought.customer_key is not null, null) as is_goal
from counted
inner join core.horizon on true
left join bought
    on counted.campaign = bought.campaign and counted.customer_key = bought.customer_key
order by counted.campaign, counted.customer_key
