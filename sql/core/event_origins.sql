-- model:  core.event_origins
-- about:  Where each event came from, with addresses cut to what may be published.
-- scope:  global
-- grain:  one row per event
-- key:    event_key
-- reads:  staging.events, core.source_groups
-- params: allowed_properties
-- column: event_key    | bigint  | Event of staging.events.
-- column: source_group | varchar | Group of origins; null when no rule matches.
-- column: url          | varchar | URL without its query and fragment; path parts with an '@' read '(removed)'.
-- column: referrer     | varchar | Page before, cut likewise.
-- column: properties   | json    | The allow-listed properties the event has; null when none.

with

-- Few addresses have what is cut off: to look for a character costs a tenth of an expression.
bare as (
    select
        *,
        if(
            contains(url, '?') or contains(url, '#'),
            regexp_replace(url, '[?#].*$', '', 's'),
            url
        ) as bare_url,
        if(
            contains(referrer, '?') or contains(referrer, '#'),
            regexp_replace(referrer, '[?#].*$', '', 's'),
            referrer
        ) as bare_referrer
    from staging.events
),

cut as (
    select
        event_key,
        channel,
        coalesce(utm_source, '') as utm_source,
        coalesce(utm_medium, '') as utm_medium,
        lower(
            regexp_extract(
                coalesce(referrer, ''), '^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)', 1
            )
        ) as referrer_host,
        if(
            contains(bare_url, '@') or contains(bare_url, '%40'),
            regexp_replace(bare_url, '[^/]*(@|%40)[^/]*', '(removed)', 'g'),
            bare_url
        ) as url,
        if(
            contains(bare_referrer, '@') or contains(bare_referrer, '%40'),
            regexp_replace(bare_referrer, '[^/]*(@|%40)[^/]*', '(removed)', 'g'),
            bare_referrer
        ) as referrer,
        list_filter(
            list_zip(
                $allowed_properties::varchar[],
                json_extract(
                    properties,
                    list_transform($allowed_properties::varchar[], lambda key: '$."' || key || '"')
                )
            ),
            lambda pair: pair[2] is not null
        ) as allowed
    from bare
)

select
    cut.event_key,
    source_groups.source_group,
    cut.url,
    cut.referrer,
    case
        when len(cut.allowed) > 0
            then
                '{'
                || array_to_string(
                    list_transform(
                        cut.allowed, lambda pair: to_json(pair[1])::varchar || ':' || pair[2]::varchar
                    ),
                    ','
                )
                || '}'
    end::json as properties
from cut
inner join core.source_groups
    on
        cut.channel = source_groups.channel
        and cut.utm_source = source_groups.utm_source
        and cut.utm_medium = source_groups.utm_medium
        and cut.referrer_host = source_groups.referrer_host
order by cut.event_key
