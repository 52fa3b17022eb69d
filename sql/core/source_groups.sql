-- model:  core.source_groups
-- about:  Which group of origins the rules give to each distinct combination of channel, campaign and referring host.
-- scope:  global
-- grain:  one row per (channel, utm_source, utm_medium, referrer_host)
-- key:    channel, utm_source, utm_medium, referrer_host
-- reads:  staging.events, config.source_groups
-- column: channel       | varchar | Channel.
-- column: utm_source    | varchar | UTM source; '' for none.
-- column: utm_medium    | varchar | UTM medium; '' for none.
-- column: referrer_host | varchar | Host of the referrer in lower case; '' for none.
-- column: source_group  | varchar | Group the first matching rule gives; null when none matches.

with

origins as (
    select distinct
        channel,
        coalesce(utm_source, '') as utm_source,
        coalesce(utm_medium, '') as utm_medium,
        lower(
            regexp_extract(
                coalesce(referrer, ''), '^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)', 1
            )
        ) as referrer_host
    from staging.events
)

select
    origins.channel,
    origins.utm_source,
    origins.utm_medium,
    origins.referrer_host,
    min_by(rules.source_group, rules.rule_number) as source_group
from origins
left join config.source_groups as rules
    on
        (rules.channel is null or origins.channel = rules.channel)
        and (rules.utm_source_glob is null or origins.utm_source glob rules.utm_source_glob)
        and (rules.utm_medium_glob is null or origins.utm_medium glob rules.utm_medium_glob)
        and (rules.referrer_glob is null or origins.referrer_host glob rules.referrer_glob)
group by origins.channel, origins.utm_source, origins.utm_medium, origins.referrer_host
order by origins.channel, origins.utm_source, origins.utm_medium, origins.referrer_host
