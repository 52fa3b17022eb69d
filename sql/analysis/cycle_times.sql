-- model:  analysis.cycle_times
-- about:  How long each journey took to its goal, to being given up, or until we looked; journeys whose start is unknown and service ones are left out.
-- scope:  customer
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  core.journeys, core.horizon, identity.customers
-- params: journey_timeout_days
-- column: customer_key        | integer | Customer.
-- column: journey_number      | integer | Journey of the customer.
-- column: customer_hash       | ubigint | 64 bits of a hash of customer_id, which resampling draws by.
-- column: cause               | varchar | 'goal', 'dropped' or '' (still running at the horizon).
-- column: lasted_microseconds | bigint  | From the first action to the goal or loss; of lapsed ones to the journey timeout after the last action; of open ones to the horizon.

select
    journeys.customer_key,
    journeys.journey_number,
    md5_number_lower(customers.customer_id) as customer_hash,
    case journeys.outcome when 'converted' then 'goal' when 'open' then '' else 'dropped' end as cause,
    epoch_us(
        case journeys.outcome
            when 'open' then horizon.horizon_at
            when 'lapsed' then journeys.last_action_at + to_days($journey_timeout_days)
            else journeys.ended_at
        end
    ) - epoch_us(journeys.started_at) as lasted_microseconds
from core.journeys
inner join core.horizon on true
inner join identity.customers on journeys.customer_key = customers.customer_key
where journeys.outcome != 'service' and not journeys.is_start_unknown
