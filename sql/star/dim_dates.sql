-- model:  star.dim_dates
-- about:  Dimension: every day of the data in the reporting zone, for joining facts by their …_date.
-- scope:  global
-- grain:  one row per day
-- key:    date_day
-- reads:  marts.clock
-- kind:   view
-- column: date_day         | date | Day in the reporting zone.
-- column: year             | bigint | Year.
-- column: quarter          | bigint | Quarter, 1 to 4.
-- column: month            | bigint | Month, 1 to 12.
-- column: month_name       | varchar | Name of the month in English.
-- column: month_start_date | date | First day of the month.
-- column: week_start_date  | date | Monday of the week.
-- column: iso_week         | bigint | Number of the ISO week.
-- column: weekday          | bigint | Day of the week, Monday 1 to Sunday 7.
-- column: weekday_name     | varchar | Name of the day in English.
-- column: is_weekend       | boolean | Whether it is a Saturday or Sunday.

select
    date_day,
    year(date_day) as year,
    quarter(date_day) as quarter,
    month(date_day) as month,
    monthname(date_day) as month_name,
    date_trunc('month', date_day)::date as month_start_date,
    date_trunc('week', date_day)::date as week_start_date,
    weekofyear(date_day) as iso_week,
    isodow(date_day) as weekday,
    dayname(date_day) as weekday_name,
    (isodow(date_day) >= 6) as is_weekend
from (
    select
        unnest(
            generate_series(
                timezone(reporting_timezone, timezone('UTC', first_event_at))::date,
                timezone(reporting_timezone, timezone('UTC', horizon_at))::date,
                interval 1 day
            )
        )::date as date_day
    from clock
) as days
