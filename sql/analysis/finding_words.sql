-- model:  analysis.finding_words
-- about:  Each opportunity in plain words, with the query that shows the cases behind it.
-- scope:  global
-- grain:  one row per opportunity
-- key:    face, item
-- reads:  analysis.findings, analysis.opportunities
-- column: face         | varchar | Face.
-- column: item         | varchar | Touchpoint; for loops their touchpoint codes joined by ','.
-- column: sentence     | varchar | The finding in plain words.
-- column: evidence_sql | varchar | Query on the snapshot.

with

told as (
    select
        findings.face,
        findings.item,
        findings.label,
        found.n,
        found.customers,
        found.figure,
        found.reference,
        found.excess,
        '''' || replace(findings.touchpoint, '''', '''''') || '''' as quoted,
        list_transform(
            findings.touchpoints, lambda name: '''' || replace(name, '''', '''''') || ''''
        ) as quoted_list
    from analysis.findings
    inner join analysis.opportunities as found
        on findings.face = found.face and findings.item = found.item
)

select
    face,
    item,
    case face
        when 'slow'
            then
                format(
                    'People wait {:.1f} hours on average after {}, and {:.1f} in comparable places: '
                    || '{:,.0f} hours more over {:,} visits of {:,} customers.',
                    figure, label, reference, excess, n, customers
                )
        when 'leaky'
            then
                format(
                    '{:.1f}% of {:,} visits to {} are the last of their journey, and {:.1f}% in comparable '
                    || 'places: {:,.0f} more lost journeys; {:,} customers came by.',
                    100 * figure, n, label, 100 * reference, excess, customers
                )
        when 'churny'
            then
                format(
                    '{:.1f}% of {:,} visits to {} are by people who had been there before, and {:.1f}% in '
                    || 'comparable places: {:,.0f} more steps of {:,} customers.',
                    100 * figure, n, label, 100 * reference, excess, customers
                )
        when 'loop'
            then
                format(
                    '{:,} journeys of {:,} customers went round {} and {:.1f}% of them converted, and '
                    || '{:.1f}% of those that came by and did not go round: {:,.0f} fewer conversions.',
                    n, customers, label, 100 * figure, 100 * reference, excess
                )
        else format(
            '{:,} questions of {:,} customers at {} after the goal were answered late and {:.1f}% of '
            || 'them were followed by another purchase, and {:.1f}% of those answered in time: '
            || '{:,.0f} fewer purchases.',
            n, customers, label, 100 * figure, 100 * reference, excess
        )
    end as sentence,
    case face
        when 'slow'
            then
                'select journey_id, customer_id, left_at, next_wait_seconds from (select *, '
                || 'lead(wait_seconds) over (partition by journey_id, customer_id, part '
                || 'order by step_number) '
                || 'as next_wait_seconds from steps) inner join journeys using (journey_id, customer_id) '
                || 'where part = ''before'' and is_settled and next_wait_seconds is not null '
                || 'and touchpoint = ' || quoted || ' order by next_wait_seconds desc, journey_id'
        when 'leaky'
            then
                'select journey_id, customer_id, outcome, steps, ended_at from journeys '
                || 'where outcome in (''lost'', ''lapsed'') and is_settled and last_touchpoint = '
                || quoted || ' order by ended_at desc, journey_id'
        when 'churny'
            then
                'select journey_id, customer_id, step_number, direction, entered_at from steps '
                || 'inner join journeys using (journey_id, customer_id) where part = ''before'' '
                || 'and is_return and is_settled and touchpoint = ' || quoted
                || ' order by entered_at desc, journey_id, step_number'
        when 'loop'
            then
                'select * from loops where touchpoints = [' || array_to_string(quoted_list, ', ') || ']'
        else
            'select * from after_care_answers where touchpoint = ' || quoted
            || ' order by is_late desc, asked_at desc, journey_id, step_number'
    end as evidence_sql
from told
order by face, item
