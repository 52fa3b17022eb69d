-- on:       marts.next_moves
-- severity: error
-- about:    Every settled visit to a touchpoint is followed by exactly one move, or the journey dropped there.

select
    touchpoint,
    sum(visits) as visits,
    any_value(visits_settled) as visits_settled
from marts.next_moves
group by touchpoint
having sum(visits) != any_value(visits_settled)
