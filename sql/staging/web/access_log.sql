-- model:   staging.web_access_log
-- about:   Lines of a web server log in the combined format of Apache and nginx. The address and the user agent together stand for a device (anonymous_id). Stamps carry their own offset and are whole seconds, so the line number is the source_sequence. A program is told by its agent, or because it asks for robots.txt.
-- scope:   staging
-- grain:   one row per delivered line
-- key:
-- reads:   raw.web_access_log, config.sources
-- reader:  lines
-- raw:     line | varchar | required | One request.
-- kind:    view
-- columns: staged

with

entries as (
    select
        delivered,
        config.sources.channel as channel,
        regexp_extract(
            delivered.line,
            '^(\S+) \S+ (\S+) \[([^\]]*)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)'
            || ' "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"\s*$',
            ['address', 'login', 'stamp', 'request', 'status', 'bytes', 'referrer', 'agent']
        ) as entry
    from raw.web_access_log as delivered
    inner join config.sources on delivered.source = config.sources.source
),

requests as (
    select
        *,
        timezone('UTC', try_strptime(entry.stamp, '%d/%b/%Y:%H:%M:%S %z')) as occurred_at,
        regexp_extract(
            entry.request, '^([A-Z]+) (\S+)(?: (HTTP/\S+))?$', ['method', 'url', 'protocol']
        ) as request,
        lower(regexp_extract(entry.request, '^[A-Z]+ ([^\s?#]+)', 1)) as path
    from entries
),

judged as (
    select
        *,
        case
            when request.method = '' then 'bad_request'
            when entry.status = '404' then 'not_found'
            when starts_with(entry.status, '4') then 'refused'
            when starts_with(entry.status, '5') then 'failed'
            when request.method = 'POST' then 'submit'
            when request.method != 'GET' then lower(request.method)
            when
                regexp_matches(path, '\.(png|jpe?g|gif|svg|ico|webp|css|js|map|woff2?|ttf|otf|eot)$')
                then 'asset'
            when entry.status in ('301', '302', '303', '307', '308') then 'redirect'
            when path = '/robots.txt' then 'robots'
            when
                regexp_matches(
                    path, '\.(zip|gz|tgz|bz2|xz|zst|7z|jar|war|deb|rpm|apk|exe|msi|dmg|iso|pkg)$'
                )
                then 'download'
            else 'page'
        end as event_name,
        case
            when entry.address = ''
                then {'code': 'bad_line', 'reason': 'not a line of the combined log format'}
            when occurred_at is null
                then {'code': 'bad_time', 'reason': 'time ''' || entry.stamp || ''' cannot be read'}
            when occurred_at < timestamp '2000-01-01'
                then {'code': 'before_2000', 'reason': 'time is ' || entry.stamp}
            when occurred_at > timestamp '2100-01-02'
                then {'code': 'in_the_future', 'reason': 'time is ' || entry.stamp}
        end as fault
    from requests
)

select
    delivered.delivery_key,
    delivered.row_number,
    delivered.source,
    null::varchar as event_id,
    occurred_at,
    null::timestamp as sent_at,
    null::timestamp as received_at,
    delivered.row_number as source_sequence,
    channel,
    event_name,
    list_filter(
        [
            {'kind': 'user_id', 'value': nullif(entry.login, '-')},
            {'kind': 'anonymous_id', 'value': md5(entry.address || '|' || entry.agent)}
        ],
        lambda identifier: identifier.value is not null
    ) as identifiers,
    null::varchar as order_id,
    null::decimal(18, 4) as value,
    null::varchar as currency,
    nullif(request.url, '') as url,
    nullif(nullif(entry.referrer, '-'), '') as referrer,
    nullif(url_decode(regexp_extract(request.url, '[?&]utm_source=([^&#]*)', 1)), '') as utm_source,
    nullif(url_decode(regexp_extract(request.url, '[?&]utm_medium=([^&#]*)', 1)), '') as utm_medium,
    nullif(url_decode(regexp_extract(request.url, '[?&]utm_campaign=([^&#]*)', 1)), '')
        as utm_campaign,
    case
        when regexp_matches(entry.agent, 'iPad|Tablet|Kindle|Silk') then 'tablet'
        when regexp_matches(entry.agent, 'Mobi|Android|iPhone|WAP') then 'mobile'
        when regexp_matches(entry.agent, 'Windows NT|Macintosh|X11|Linux|CrOS') then 'desktop'
    end as device,
    null::varchar as country,
    null::varchar as conversation_id,
    'customer' as actor,
    null::double as score,
    null::varchar as consent,
    path = '/robots.txt' or entry.agent in ('', '-') or regexp_matches(
        entry.agent,
        'bot\b|bot[/_]|bot$|crawl|spider|slurp|feed|rss|aggregator|fetch|scan|monitor|preview|archive'
        || '|proxy|favicon|headless|phantom|curl|wget|python|ruby|perl|java/|libwww|httpclient'
        || '|go-http|https?://|\w@\w|^Mozilla/\d\.\d \(compatible;\)$',
        'i'
    ) as is_bot,
    json_object(
        'method', nullif(request.method, ''),
        'status', try_cast(entry.status as integer),
        'bytes', try_cast(entry.bytes as bigint),
        'protocol', nullif(request.protocol, ''),
        'user_agent', entry.agent
    ) as properties,
    fault.code as reject_code,
    fault.reason as reject_reason,
    case when fault is not null then json_object('line', delivered.line)::varchar end as raw_text
from judged
