-- model:  analysis.findings
-- about:  The opportunities with their names, reach, worth and effort, in the order of what they give for it.
-- scope:  global
-- grain:  one row per opportunity
-- key:    rank
-- reads:  analysis.opportunities, analysis.sales, core.touchpoints, core.journeys, graph.loops, config.efforts
-- column: rank        | bigint    | Rank by value ÷ effort, else conversions ÷ effort, else excess ÷ effort, where low effort counts 1, medium 2 and high 4; ties by face and item, counted from 1.
-- column: face        | varchar   | 'slow', 'leaky', 'churny', 'loop' or 'late answer'.
-- column: item        | varchar   | Touchpoint; for loops their touchpoint codes joined by ','.
-- column: touchpoint  | varchar   | Touchpoint; for loops the one it is entered by.
-- column: touchpoints | varchar[] | The touchpoint, or those of the loop.
-- column: label       | varchar   | Plain name, or those of the loop joined by ' -> '.
-- column: stage       | varchar   | Stage of the touchpoint: up to the goal, for late answers after it; null for none.
-- column: owner       | varchar   | Who is responsible; null where not given.
-- column: journeys    | bigint    | Settled journeys concerned.
-- column: share       | double    | journeys ÷ settled journeys, for late answers ÷ settled converted ones.
-- column: value       | double    | conversions × mean gross value of a settled conversion; null without conversions, or without one currency.
-- column: currency    | varchar   | Currency of value.
-- column: effort      | varchar   | 'low', 'medium' or 'high', as the effort file says; 'medium' where it does not.

with

settled as (
    select
        count(*) filter (where outcome != 'service') as journeys,
        count(*) filter (where outcome = 'converted') as converted
    from core.journeys
    where is_settled
),

prices as (
    select
        min(currency) as currency,
        count(*) as currencies,
        sum(value)::double / sum(sales) as price
    from analysis.sales
),

names as (
    select
        list(touchpoint order by touchpoint_key) as names,
        list(label order by touchpoint_key) as labels
    from core.touchpoints
),

coded as (
    select
        found.*,
        coalesce(loops.loop_keys, [found.touchpoint_key]) as keys
    from analysis.opportunities as found
    left join graph.loops
        on found.face = 'loop' and found.item = array_to_string(loops.loop_keys, ',')
    where found.is_opportunity
),

told as (
    select
        coded.face,
        coded.item,
        touchpoints.touchpoint,
        list_transform(coded.keys, lambda code: names.names[code + 1]) as touchpoints,
        array_to_string(
            list_transform(coded.keys, lambda code: names.labels[code + 1]), ' -> '
        ) as label,
        if(coded.face = 'late answer', touchpoints.stage_after_goal, touchpoints.stage) as stage,
        touchpoints.owner,
        coded.journeys,
        coded.journeys / if(coded.face = 'late answer', settled.converted, settled.journeys) as share,
        coded.conversions * prices.price as value,
        if(coded.conversions is null, null, prices.currency) as currency,
        coalesce(efforts.effort, 'medium') as effort,
        case efforts.effort when 'low' then 1 when 'high' then 4 else 2 end as cost,
        coded.conversions,
        coded.excess
    from coded
    inner join core.touchpoints on coded.touchpoint_key = touchpoints.touchpoint_key
    inner join settled on true
    inner join names on true
    left join config.efforts on touchpoints.touchpoint = efforts.touchpoint
    left join prices on prices.currencies = 1
)

select
    row_number() over (
        order by
            value / cost desc nulls last, conversions / cost desc nulls last, excess / cost desc, face, item
    ) as rank,
    face,
    item,
    touchpoint,
    touchpoints,
    label,
    stage,
    owner,
    journeys,
    share,
    value,
    currency,
    effort
from told
order by rank
