-- on:       analysis.settled_variants
-- severity: warn
-- about:    Every touchpoint and stage of the designed map exists.

select
    steps.step,
    steps.touchpoint,
    steps.stage
from config.designed_map as steps
left join core.touchpoints on steps.touchpoint = touchpoints.touchpoint
left join config.stages on steps.stage = stages.stage
where
    (steps.touchpoint is not null and touchpoints.touchpoint is null)
    or (steps.stage is not null and stages.stage is null)
