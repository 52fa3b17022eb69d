-- model:  marts.drop_offs
-- about:  Where dropped journeys ended, most exits first, over settled journeys before the goal. Goals and losses are no candidates.
-- scope:  global
-- grain:  one row per touchpoint visited before the goal by a settled journey
-- key:    touchpoint
-- reads:  graph.nodes, core.touchpoints, analysis.intervals
-- column: rank               | bigint  | Rank by exits, ties by name, counted from 1.
-- column: touchpoint         | varchar | Touchpoint.
-- column: label              | varchar | Plain name.
-- column: channel            | varchar | Channel.
-- column: stage              | varchar | Stage up to the goal; null for none.
-- column: owner              | varchar | Who is responsible; null where not given.
-- column: exits              | bigint  | Dropped journeys whose last step it was.
-- column: visits_settled     | bigint  | Settled visits: what exit_rate is over.
-- column: exit_rate          | double  | exits ÷ visits_settled.
-- column: exit_rate_low      | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: exit_rate_high     | double  | Upper bound.
-- column: exit_design_effect | double  | Factor by which the dependence of one customer's visits lessens what they say, at least 1.
-- column: journeys_settled   | bigint  | Settled journeys that reached it: what drop_off_rate is over.
-- column: drop_off_rate      | double  | exits ÷ journeys_settled.
-- column: drop_off_rate_low  | double  | Lower bound at 95 %.
-- column: drop_off_rate_high | double  | Upper bound.
-- column: drop_off_design_effect | double | The same factor for journeys.
-- column: customers          | bigint  | Customers of those journeys.
-- column: is_insufficient    | boolean | Whether fewer than 30 customers stand behind the rates.
-- check:  error | exits <= journeys_settled and journeys_settled <= visits_settled | exits, journeys and visits nest
-- check:  error | exit_rate_low <= exit_rate and exit_rate <= exit_rate_high | a rate lies in its interval

select
    row_number() over (order by nodes.exits desc, nodes.node) as rank,
    nodes.node as touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.stage,
    touchpoints.owner,
    nodes.exits,
    nodes.visits_settled,
    visit_rates.rate as exit_rate,
    visit_rates.low as exit_rate_low,
    visit_rates.high as exit_rate_high,
    visit_rates.design_effect as exit_design_effect,
    nodes.journeys_settled,
    journey_rates.rate as drop_off_rate,
    journey_rates.low as drop_off_rate_low,
    journey_rates.high as drop_off_rate_high,
    journey_rates.design_effect as drop_off_design_effect,
    nodes.customers_settled as customers,
    journey_rates.is_insufficient
from graph.nodes
inner join core.touchpoints on nodes.touchpoint_key = touchpoints.touchpoint_key
inner join analysis.intervals as visit_rates
    on visit_rates.measure = 'exit_rate' and nodes.node = visit_rates.item
inner join analysis.intervals as journey_rates
    on journey_rates.measure = 'drop_off_rate' and nodes.node = journey_rates.item
where nodes.part = 'before' and nodes.exits is not null and not touchpoints.is_loss
order by rank
