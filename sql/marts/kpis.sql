-- model:  marts.kpis
-- about:  The headline figures of the whole data, each with what it means, what it is over and how sure it is.
-- scope:  global
-- grain:  one row per KPI and, for money, currency
-- key:    kpi, currency
-- reads:  analysis.kpi_values, analysis.intervals, analysis.kpi_intervals, analysis.nps_intervals, analysis.sales_cycle
-- column: kpi             | varchar | Name of the figure.
-- column: value           | double  | The figure; null where there is nothing to take it of.
-- column: unit            | varchar | 'count', 'share', 'seconds', 'steps', 'money', 'points' (−100 to 100) or 'ratio'.
-- column: currency        | varchar | Currency of money and of what is taken of it; null for other units, or where nothing was bought.
-- column: n               | bigint  | Sessions, journeys, conversations, scores, mails or customers it is over.
-- column: customers       | bigint  | Customers behind it.
-- column: low             | double  | Lower bound at 95 %: Wilson for shares, bootstrap over customers for others; null for counts and sums, which are no estimates, and below two customers.
-- column: high            | double  | Upper bound.
-- column: is_insufficient | boolean | Whether fewer than 30 customers stand behind it.
-- column: definition      | varchar | What it means, in a sentence.
-- check:  error | unit != 'share' or value between 0 and 1 | a share lies in [0, 1]
-- check:  error | unit != 'share' or (low <= value and value <= high) | a share lies in its interval

with

-- noqa: disable=LT05
definitions (kpi_rank, kpi, unit, definition) as (
    values
    (1, 'conversion_rate', 'share', 'Converted journeys ÷ settled journeys; service journeys are left out.'),
    (2, 'journeys', 'count', 'Journeys, service journeys left out.'),
    (3, 'journeys_settled', 'count', 'Journeys old enough that their outcome cannot be biased by when we look; service journeys left out.'),
    (4, 'journeys_converted', 'count', 'Journeys that reached a goal, settled or not.'),
    (5, 'journeys_dropped', 'count', 'Journeys that met a loss or fell silent for longer than the journey timeout.'),
    (6, 'journeys_open', 'count', 'Journeys that may still go on.'),
    (7, 'journeys_service', 'count', 'Journeys about help alone; they are in no other figure but customers and sessions.'),
    (8, 'customers', 'count', 'Customers with at least one action.'),
    (9, 'sessions', 'count', 'Sessions of all customers.'),
    (10, 'revenue', 'money', 'Gross value of the goals of converted journeys, settled or not.'),
    (11, 'revenue_net', 'money', 'Revenue less refunds and cancellations.'),
    (12, 'average_order_value', 'money', 'Mean gross value of the goals of converted journeys that have a value, settled or not.'),
    (13, 'linear_share', 'share', 'Settled journeys whose stage never falls before the goal ÷ settled journeys with two or more staged steps.'),
    (14, 'back_and_forth_share', 'share', 'Settled journeys with at least one step to a lower stage or to a touchpoint visited before ÷ settled journeys.'),
    (15, 'steps_p50', 'steps', 'Median number of steps of settled journeys, up to the goal.'),
    (16, 'steps_to_goal_p50_converted_only', 'steps', 'Median number of steps of settled converted journeys, the goal included. Converters only: journeys that gave up are not in it.'),
    (17, 'time_to_goal_p50_converted_only', 'seconds', 'Median time from the first action to the goal of settled converted journeys whose start is known. Converters only: it says nothing of those who gave up, and is shorter than the time a sale takes.'),
    (18, 'sales_cycle_p50_seconds', 'seconds', 'Time by which half of the journeys that reach a goal within sales_cycle_read_seconds have reached it (Aalen–Johansen): journeys that gave up compete, journeys still running count as long as they were watched; journeys with an unknown start and service journeys are left out.'),
    (19, 'sales_cycle_read_seconds', 'seconds', 'Longest time with 30 journeys still at risk: the sales cycle is read up to it.'),
    (20, 'repeat_purchase_rate', 'share', 'Customers with another goal within the journey timeout of their first ÷ customers whose first goal lies more than the journey timeout before the horizon.'),
    (21, 'retention_rate', 'share', 'Customers seen in the last journey timeout before the horizon among those seen in the one before it ÷ those.'),
    (22, 'csat', 'share', 'Scores of 4 or 5 ÷ scores of surveys from 1 to 5, one per customer and conversation, the latest.'),
    (23, 'nps', 'points', 'Scores of 9 or 10 less scores of 0 to 6, per 100 scores of surveys from 0 to 10, one per customer and conversation, the latest.'),
    (24, 'csat_response', 'share', 'Invitations to a CSAT survey with a score ÷ invitations.'),
    (25, 'nps_response', 'share', 'Invitations to an NPS survey with a score ÷ invitations.'),
    (26, 'first_response_p50_seconds', 'seconds', 'Median time from the first message of a customer to the first message of an agent, of conversations that were answered.'),
    (27, 'resolution_p50_seconds', 'seconds', 'Median time from the first message of a customer to the last message, of answered conversations silent for more than 7 days.'),
    (28, 'email_open_rate', 'share', 'Customers who opened ÷ customers reached, each campaign counted apart. Mail programs open mails by themselves.'),
    (29, 'email_click_rate', 'share', 'Customers who clicked ÷ customers reached, each campaign counted apart.'),
    (30, 'email_goal_rate', 'share', 'Customers with a goal within 7 days of a click ÷ customers whose last click lies 7 days or more before the horizon, each campaign counted apart.'),
    (31, 'roi', 'ratio', 'Net value of the goals from the first to the last day of the spend file ÷ spend, less 1; null without a spend file.')
),
-- noqa: enable=LT05

figures as (
    select kpi, currency, value, n, customers from analysis.kpi_values
    union all
    select measure as kpi, null as currency, rate as value, trials as n, customers
    from analysis.intervals
    where item = '' and measure not in (select kpi from analysis.kpi_values)
),

bounds as (
    select kpi, currency, low, high from analysis.kpi_intervals
    union all
    select measure as kpi, null as currency, low, high from analysis.intervals where item = ''
    union all
    select 'nps' as kpi, null as currency, low, high from analysis.nps_intervals where item = ''
    union all
    select kpi, null as currency, low, high from analysis.sales_cycle
)

select
    definitions.kpi,
    figures.value,
    definitions.unit,
    figures.currency,
    coalesce(figures.n, 0) as n,
    coalesce(figures.customers, 0) as customers,
    bounds.low,
    bounds.high,
    coalesce(figures.customers, 0) < 30 as is_insufficient,
    definitions.definition
from definitions
left join figures on definitions.kpi = figures.kpi
left join bounds
    on
        definitions.kpi = bounds.kpi
        and figures.currency is not distinct from bounds.currency
order by definitions.kpi_rank, figures.currency
