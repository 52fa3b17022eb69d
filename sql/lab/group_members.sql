-- model:  lab.group_members
-- about:  The journeys of two groups, with where they stand in the snapshot and whether they count.
-- scope:  global
-- grain:  one row per journey
-- key:    row_number
-- reads:  lab.sides, marts.journeys
-- column: side        | varchar | 'a' or 'b'.
-- column: row_number  | bigint  | Where the journey stands in the snapshot.
-- column: customer_id | varchar | Customer.
-- column: is_counted  | boolean | Whether it is settled, and not about help alone.

select
    sides.side,
    journeys.rowid as row_number,
    journeys.customer_id,
    journeys.is_settled and journeys.outcome != 'service' as is_counted
from sides
inner join main.journeys
    on
        sides.customer_id = journeys.customer_id
        and sides.journey_id = journeys.journey_id
