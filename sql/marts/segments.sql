-- model:  marts.segments
-- about:  The named segments of the segments file, by which questions can be asked. First channel, source group, device, value band, sales cycle and outcome are segments without a row here.
-- scope:  global
-- grain:  one row per segment
-- key:    segment
-- reads:  config.segments
-- column: segment    | varchar | Name of the segment.
-- column: label      | varchar | Name for people.
-- column: kind       | varchar | What the definition is: a condition on 'journeys' or 'customers', or a path 'pattern'.
-- column: definition | varchar | The condition or pattern as the file says it.

select
    segment,
    label,
    kind,
    definition
from config.segments
order by segment
