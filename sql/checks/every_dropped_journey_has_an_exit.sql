-- on:       marts.drop_offs
-- severity: error
-- about:    Exits over all touchpoints = settled dropped journeys.
with

dropped as (
    select count(*) as journeys
    from core.journeys
    where is_settled and outcome in ('lost', 'lapsed')
),

exits as (
    select coalesce(sum(exits), 0) as exits
    from marts.drop_offs
)

select
    dropped.journeys,
    exits.exits
from dropped
inner join exits on true
where dropped.journeys != exits.exits
