-- on:       analysis.chain
-- severity: error
-- about:    The chance to convert from (start) equals the conversion rate of settled journeys.
with

settled as (
    select
        count(*) as journeys,
        count(*) filter (where outcome = 'converted') as converted
    from core.journeys
    where is_settled and outcome != 'service'
),

started as (
    select max(p_convert) as p_convert
    from analysis.chain
    where node = '(start)'
)

select
    settled.journeys,
    settled.converted,
    started.p_convert
from settled
inner join started on true
where
    (settled.journeys > 0) != (started.p_convert is not null)
    or abs(started.p_convert - settled.converted / settled.journeys) > 1e-8
