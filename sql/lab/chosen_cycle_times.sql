-- model:  lab.chosen_cycle_times
-- about:  How long some journeys took to their goal, to being given up, or until we looked, as analysis.cycle_times has them.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.journeys, marts.clock, lab.members
-- column: row_number          | bigint  | Where the journey stands in the snapshot.
-- column: customer_id         | varchar | Customer.
-- column: journey_id          | varchar | Journey.
-- column: customer_hash       | ubigint | Number by which draws tell customers apart.
-- column: cause               | varchar | 'goal', 'dropped', or '' for still running.
-- column: lasted_microseconds | bigint  | Time since the first action.

select
    journeys.rowid as row_number,
    journeys.customer_id,
    journeys.journey_id,
    md5_number_lower(journeys.customer_id) as customer_hash,
    case journeys.outcome when 'converted' then 'goal' when 'open' then '' else 'dropped' end as cause,
    epoch_us(
        case journeys.outcome
            when 'open' then clock.horizon_at
            when 'lapsed' then journeys.last_action_at + to_days(clock.journey_timeout_days)
            else journeys.ended_at
        end
    ) - epoch_us(journeys.started_at) as lasted_microseconds
from main.journeys
inner join members on journeys.rowid = members.row_number
inner join main.clock on true
where journeys.outcome != 'service' and not journeys.is_start_unknown
