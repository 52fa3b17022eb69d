-- model:  lab.journey_times
-- about:  How long journeys took to their goal, to being given up, or until we looked. Service journeys, and those that may have begun before the data, are left out.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_hash, lasted_microseconds
-- reads:  marts.journeys, marts.clock, lab.members
-- column: level               | varchar | Group of the journey; '(none)' where it is not known.
-- column: customer_hash       | ubigint | 64 bits of a hash of customer_id, which resampling draws by.
-- column: cause               | varchar | 'goal', 'dropped' or '' (still running at the horizon).
-- column: lasted_microseconds | bigint  | From the first action to the goal or loss; of lapsed ones to the journey timeout after the last action; of open ones to the horizon.

select
    coalesce(members.level, '(none)') as level,
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
inner join main.clock on true
inner join members
    on
        journeys.customer_id = members.customer_id
        and journeys.journey_id = members.journey_id
where journeys.outcome != 'service' and not journeys.is_start_unknown
order by level, customer_hash, lasted_microseconds, cause
