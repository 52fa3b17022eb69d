-- on:       core.erasures
-- severity: error
-- about:    Steps up to the goal = length of the erased path + steps of all erased loops, immediate repeats included.
select
    customer_key,
    journey_number,
    steps,
    path_length
from core.erasures
where steps != path_length + coalesce(list_sum(list_transform(loops, lambda loop: len(loop.walk))), 0)
