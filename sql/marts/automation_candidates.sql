-- model:  marts.automation_candidates
-- about:  Hand work that is done often and nearly always leads to the same: manual touchpoints of 30 customers or more, done twice or more per customer on average, after which the customers do one of few things.
-- scope:  global
-- grain:  one row per touchpoint
-- key:    touchpoint
-- reads:  analysis.manual_work, core.touchpoints
-- column: touchpoint         | varchar | Manual touchpoint.
-- column: label              | varchar | Plain name.
-- column: owner              | varchar | Who is responsible; null where not given.
-- column: events             | bigint  | Times it was done.
-- column: customers          | bigint  | Customers it was done for.
-- column: events_per_customer | double | events ÷ customers, 2 or more.
-- column: next_touchpoint    | varchar | What customers do next most often; '(nothing)' when they do nothing more.
-- column: next_share         | double  | Share of events followed by that.
-- column: outcome_spread     | double  | 1 − sum of the squares of the shares of what follows: 0 when it is always the same, 0.5 or less here.
-- column: sentence           | varchar | The same in plain words.
-- column: evidence_sql       | varchar | Query on this file that shows how often the touchpoint occurs, for whom and since when.
-- check:  error | outcome_spread between 0 and 0.5 and events_per_customer >= 2 | a candidate is done often and leads to the same

with

outcomes as (
    select
        manual_work.touchpoint_key,
        coalesce(following.touchpoint, '(nothing)') as next_touchpoint,
        coalesce(following.label, 'nothing more') as next_label,
        sum(manual_work.events)::bigint as events
    from analysis.manual_work
    left join core.touchpoints as following
        on manual_work.next_touchpoint_key = following.touchpoint_key
    group by manual_work.touchpoint_key, following.touchpoint, following.label
),

spread as (
    select
        touchpoint_key,
        max_by(next_touchpoint, (events, next_touchpoint)) as next_touchpoint,
        max_by(next_label, (events, next_touchpoint)) as next_label,
        max(events) / sum(events) as next_share,
        1 - sum(events * events) / sum(events) ** 2 as outcome_spread
    from outcomes
    group by touchpoint_key
),

done as (
    select
        touchpoint_key,
        sum(events)::bigint as events,
        count(distinct customer_key) as customers
    from analysis.manual_work
    group by touchpoint_key
)

select
    touchpoints.touchpoint,
    touchpoints.label,
    touchpoints.owner,
    done.events,
    done.customers,
    done.events / done.customers as events_per_customer,
    spread.next_touchpoint,
    spread.next_share,
    spread.outcome_spread,
    format(
        '"{}" was done by hand {:,} times for {:,} customers; {:.0f}% of the time {} follows.',
        touchpoints.label, done.events, done.customers, 100 * spread.next_share,
        spread.next_label
    ) as sentence,
    'select * from touchpoints where touchpoint = '''
    || replace(touchpoints.touchpoint, '''', '''''') || '''' as evidence_sql
from spread
inner join done on spread.touchpoint_key = done.touchpoint_key
inner join core.touchpoints on spread.touchpoint_key = touchpoints.touchpoint_key
where done.customers >= 30 and done.events >= 2 * done.customers and spread.outcome_spread <= 0.5
order by done.events desc, touchpoints.touchpoint
