-- model:  marts.kpis
-- about:  The headline figures of the whole data, each with what it means, what it is over and how sure it is.
-- scope:  global
-- grain:  one row per KPI and, for money, currency
-- key:    kpi, currency
-- reads:  analysis.kpi_values, analysis.intervals, analysis.kpi_intervals
-- column: kpi             | varchar | Name of the figure.
-- column: value           | double  | The figure; null where there is nothing to take it of.
-- column: unit            | varchar | 'count', 'share', 'seconds', 'steps' or 'money'.
-- column: currency        | varchar | Currency of money; null for other units, or where nothing was bought.
-- column: n               | bigint  | Sessions, journeys or customers it is over.
-- column: customers       | bigint  | Customers behind it.
-- column: low             | double  | Lower bound at 95 %: Wilson for shares, bootstrap over customers for means and medians; null for counts and sums, which are no estimates, and below two customers.
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
    (17, 'time_to_goal_p50_converted_only', 'seconds', 'Median time from the first action to the goal of settled converted journeys whose start is known. Converters only: it says nothing of those who gave up, and is shorter than the time a sale takes.')
)
-- noqa: enable=LT05

select
    definitions.kpi,
    figures.value,
    definitions.unit,
    figures.currency,
    coalesce(figures.n, 0) as n,
    coalesce(figures.customers, 0) as customers,
    if(definitions.unit = 'share', shares.low, resampled.low) as low,
    if(definitions.unit = 'share', shares.high, resampled.high) as high,
    coalesce(figures.customers, 0) < 30 as is_insufficient,
    definitions.definition
from definitions
left join analysis.kpi_values as figures on definitions.kpi = figures.kpi
left join analysis.intervals as shares on shares.item = '' and definitions.kpi = shares.measure
left join analysis.kpi_intervals as resampled
    on
        definitions.kpi = resampled.kpi
        and figures.currency is not distinct from resampled.currency
order by definitions.kpi_rank, figures.currency
