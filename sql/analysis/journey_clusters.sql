-- model:  analysis.journey_clusters
-- about:  The cluster nearest to each settled journey; empty where there is no structure. A journey of a goal alone has no path and belongs to none.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  analysis.archetype_model, core.steps, core.journeys, core.touchpoints
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: cluster        | integer | Cluster of the model.

with

-- One row where there is structure, none else.
biases as (
    select list(value order by cluster) as biases
    from analysis.archetype_model
    where record = 'bias'
    having count(*) > 0
),

weights as (
    select
        feature,
        list(value order by cluster) as weights
    from analysis.archetype_model
    where record = 'weight'
    group by feature
),

walked as (
    select
        steps.customer_key,
        steps.journey_number,
        steps.touchpoint_key::integer as touchpoint_key,
        steps.previous_touchpoint_key::integer as previous_touchpoint_key,
        steps.wait_microseconds,
        steps.entered_at
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    inner join biases on true
    where steps.part = 'before' and not touchpoints.is_goal and journeys.is_settled
),

routes as (
    select
        customer_key,
        journey_number,
        sqrt(2 * count(*) - 1) as root,
        ln(1 + (epoch_us(max(entered_at)) - epoch_us(min(entered_at))) / 3.6e9) as first_time,
        ln(1 + coalesce(max(wait_microseconds), 0) / 3.6e9) as second_time
    from walked
    group by customer_key, journey_number
),

grams as (
    select
        customer_key,
        journey_number,
        2 + touchpoint_key as feature
    from walked
    union all
    select
        customer_key,
        journey_number,
        2 + (1 + previous_touchpoint_key) * 65536 + touchpoint_key as feature
    from walked
    where previous_touchpoint_key is not null
),

ngrams as (
    select
        customer_key,
        journey_number,
        feature,
        count(*) as amount
    from grams
    group by customer_key, journey_number, feature
),

sums as (
    select
        ngrams.customer_key,
        ngrams.journey_number,
        [
            sum(sqrt(ngrams.amount) * weights.weights[1]),
            sum(sqrt(ngrams.amount) * weights.weights[2]),
            sum(sqrt(ngrams.amount) * weights.weights[3]),
            sum(sqrt(ngrams.amount) * weights.weights[4]),
            sum(sqrt(ngrams.amount) * weights.weights[5]),
            sum(sqrt(ngrams.amount) * weights.weights[6]),
            sum(sqrt(ngrams.amount) * weights.weights[7]),
            sum(sqrt(ngrams.amount) * weights.weights[8])
        ] as scores
    from ngrams
    inner join weights on ngrams.feature = weights.feature
    group by ngrams.customer_key, ngrams.journey_number
),

times as (
    select
        any_value(weights) filter (where feature = 0) as first_weights,
        any_value(weights) filter (where feature = 1) as second_weights
    from weights
),

scored as (
    select
        routes.customer_key,
        routes.journey_number,
        list_transform(
            range(1, len(biases.biases) + 1),
            lambda k: round(
                coalesce(sums.scores[k], 0) / routes.root
                + routes.first_time * times.first_weights[k]
                + routes.second_time * times.second_weights[k]
                + biases.biases[k],
                9
            )
        ) as scores
    from routes
    inner join biases on true
    inner join times on true
    left join sums
        on
            routes.customer_key = sums.customer_key
            and routes.journey_number = sums.journey_number
)

select
    scored.customer_key,
    scored.journey_number,
    list_position(scored.scores, list_max(scored.scores))::integer as cluster
from scored
