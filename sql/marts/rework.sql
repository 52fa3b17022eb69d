-- model:  marts.rework
-- about:  Asking again. A contact is a step after which an answer from us is due (waits_for = "us"). It is rework when the contact before it in the same part of the journey was on another channel ('asked_elsewhere'), or on the same channel in an earlier session ('repeated'); what follows on one channel within one session or one conversation is one dialogue.
-- scope:  global
-- grain:  one row per (part, from_channel, to_channel)
-- key:    part, from_channel, to_channel
-- reads:  core.contacts, analysis.intervals
-- column: rework             | varchar | 'repeated' on the same channel, or 'asked_elsewhere' on another.
-- column: part               | varchar | 'before' the goal, 'after' it, or 'service': in journeys about help alone.
-- column: from_channel       | varchar | Channel of the contact before.
-- column: to_channel         | varchar | Channel asked again on.
-- column: contacts           | bigint  | Contacts that were rework.
-- column: journeys           | bigint  | Journeys with one.
-- column: customers          | bigint  | Customers with one.
-- column: hours_p50          | double  | Median time since the contact before.
-- column: journeys_contacted | bigint  | Settled journeys with a contact on from_channel in this part: what rework_share is over.
-- column: rework_share       | double  | Those of them that asked again on to_channel ÷ journeys_contacted; null without any.
-- column: rework_share_low   | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: rework_share_high  | double  | Upper bound.
-- column: customers_contacted | bigint | Customers behind the share.
-- column: is_insufficient    | boolean | Whether fewer than 30 customers stand behind the share.
-- check:  error | contacts >= journeys and journeys >= customers | contacts, journeys and customers nest
-- check:  error | rework_share_low <= rework_share and rework_share <= rework_share_high | a share lies in its interval

with

counted as (
    select
        rework,
        part,
        previous_channel as from_channel,
        channel as to_channel,
        count(*) as contacts,
        count(distinct {'customer_key': customer_key, 'journey_number': journey_number}) as journeys,
        count(distinct customer_key) as customers,
        quantile_cont(since_microseconds, 0.5) / 3.6e9 as hours_p50
    from core.contacts
    where rework is not null
    group by all
)

select
    counted.rework,
    counted.part,
    counted.from_channel,
    counted.to_channel,
    counted.contacts,
    counted.journeys,
    counted.customers,
    counted.hours_p50,
    coalesce(shares.trials, 0) as journeys_contacted,
    shares.rate as rework_share,
    shares.low as rework_share_low,
    shares.high as rework_share_high,
    coalesce(shares.customers, 0) as customers_contacted,
    coalesce(shares.is_insufficient, true) as is_insufficient
from counted
left join analysis.intervals as shares
    on
        shares.measure = 'rework'
        and concat_ws('|', counted.part, counted.from_channel, counted.to_channel) = shares.item
order by counted.contacts desc, counted.part, counted.from_channel, counted.to_channel
