-- model:  core.event_kinds
-- about:  Which touchpoint the rules give to each distinct kind of event.
-- scope:  sums
-- grain:  one row per (channel, event_name, url, tested_values), which tell what the rules give
-- key:    channel, event_name, url, tested_values, rule_number, touchpoint, repeat_touchpoint
-- reads:  staging.events, config.touchpoint_rules
-- params: tested_properties, names_are_touchpoints
-- column: channel           | varchar   | Channel.
-- column: event_name        | varchar   | Name the source gave; '' where it gave none.
-- column: url               | varchar   | URL; '' where there is none.
-- column: tested_values     | varchar[] | Values of the properties that some rule tests, in the order of their keys.
-- column: rule_number       | integer   | First rule that matches; null when none does.
-- column: touchpoint        | varchar   | Name the rule gives, else channel:other.
-- column: repeat_touchpoint | varchar   | Name it gives from the customer's second match on; null for the same.
-- column: events            | bigint    | Events of this kind.

with

kinds as (
    select
        channel,
        coalesce(event_name, '') as event_name,
        coalesce(url, '') as url,
        case
            when len($tested_properties) = 0 then []::varchar[]
            else coalesce(
                json_extract_string(
                    properties, list_transform($tested_properties, lambda key: '$."' || key || '"')
                ),
                list_transform($tested_properties, lambda key: null::varchar)
            )
        end as tested_values,
        count(*) as events
    from staging.events
    group by all
),

located as (
    select
        channel,
        event_name,
        url,
        tested_values,
        events,
        regexp_extract(url, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*)?([^?#]*)', 1) as url_path
    from kinds
),

matches as (
    select
        located.channel,
        located.event_name,
        located.url,
        located.tested_values,
        min(rules.rule_number) as rule_number
    from located
    inner join config.touchpoint_rules as rules
        on
            (rules.channel is null or located.channel = rules.channel)
            and (rules.event_glob is null or located.event_name glob rules.event_glob)
            and (
                rules.path_glob is null
                or case
                    when located.url = '' then false
                    else coalesce(nullif(located.url_path, ''), '/') glob rules.path_glob
                end
            )
            and len(list_filter(
                list_zip(located.tested_values, rules.property_globs),
                lambda pair: pair[2] is not null and not coalesce(pair[1] glob pair[2], false)
            )) = 0
    group by all
)

select
    located.channel,
    located.event_name,
    located.url,
    located.tested_values,
    matches.rule_number,
    coalesce(
        rules.touchpoint,
        case when $names_are_touchpoints then located.event_name end,
        located.channel || ':other'
    ) as touchpoint,
    rules.repeat_touchpoint,
    located.events
from located
left join matches
    on
        located.channel = matches.channel
        and located.event_name = matches.event_name
        and located.url = matches.url
        and located.tested_values = matches.tested_values
left join config.touchpoint_rules as rules on matches.rule_number = rules.rule_number
order by located.channel, located.event_name, located.url, located.tested_values
