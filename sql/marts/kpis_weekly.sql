-- model:  marts.kpis_weekly
-- about:  The business figures by week in the reporting zone, each beside the week before. Conversion goes by the week a journey starts in; orders and revenue by the week of the goal.
-- scope:  global
-- grain:  one row per (week, kpi) and, for money, currency
-- key:    week, kpi, currency
-- reads:  analysis.period_kpis
-- column: week            | date    | Monday of the week, in the reporting zone; weeks without events are listed too.
-- column: kpi             | varchar | 'conversion_rate': journeys started in it with a goal within the journey timeout of their start ÷ journeys started in it (service left out); 'journeys' started; 'orders': journeys that reached their goal; 'revenue': their gross value; 'customers' and 'sessions': sessions that started in it and who they are of.
-- column: value           | double  | The figure; null for a share of nothing.
-- column: unit            | varchar | 'share', 'count' or 'money'.
-- column: currency        | varchar | Currency of money; null for other units.
-- column: n               | bigint  | Journeys or sessions it is over.
-- column: customers       | bigint  | Customers behind it.
-- column: low             | double  | Lower bound of a share at 95 % (Wilson, customers as clusters); null for counts and sums.
-- column: high            | double  | Upper bound.
-- column: is_insufficient | boolean | Whether fewer than 30 customers stand behind it.
-- column: is_immature     | boolean | Whether it may still change: conversion until the journey timeout after the week's end, others until its end. Immature figures are not compared.
-- column: value_before    | double  | The figure of the week before; null while immature, or where the data does not reach back so far.
-- column: change          | double  | value − value_before.
-- column: change_low      | double  | Lower bound of the change of a share at 95 % (Newcombe, customers as clusters).
-- column: change_high     | double  | Upper bound.
-- check:  error | unit != 'share' or (value between 0 and 1 and low <= value and value <= high) | a share lies in [0, 1] and in its interval
-- check:  error | change_low <= change and change <= change_high | a change lies in its interval

select
    first_day as week,
    kpi,
    value,
    case kpi when 'conversion_rate' then 'share' when 'revenue' then 'money' else 'count' end as unit,
    currency,
    n,
    customers,
    low,
    high,
    customers < 30 as is_insufficient,
    is_immature,
    value_before,
    change,
    change_low,
    change_high
from analysis.period_kpis
where period = 'week'
order by week, kpi, currency
