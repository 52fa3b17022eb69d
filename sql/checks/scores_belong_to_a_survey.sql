-- on:       core.survey_answers
-- severity: warn
-- about:    Every score comes from a touchpoint with survey = "csat" (1 to 5) or "nps" (0 to 10) in touchpoints.toml; others count nowhere.

select
    touchpoints.touchpoint,
    touchpoints.survey,
    count(*) as events,
    min(staged.score) as least_score,
    max(staged.score) as greatest_score
from core.events
inner join staging.events as staged on events.event_key = staged.event_key
inner join core.touchpoints on events.touchpoint_key = touchpoints.touchpoint_key
where
    staged.score is not null
    and case touchpoints.survey
        when 'csat' then not staged.score between 1 and 5
        when 'nps' then not staged.score between 0 and 10
        else true
    end
group by touchpoints.touchpoint, touchpoints.survey
