-- model:  marts.bottlenecks
-- about:  Where settled journeys before the goal lose most against comparable touchpoints: slow (waits), leaky (exits), churny (going back). Each face has its own unit; faces are not compared with each other.
-- scope:  global
-- grain:  one row per (face, touchpoint)
-- key:    face, touchpoint
-- reads:  analysis.bottleneck_faces, analysis.bottleneck_tests, analysis.bottleneck_values, core.touchpoints, core.business_hours
-- column: face            | varchar | 'slow': waits after it, each at most the journey timeout; 'leaky': journeys that end there; 'churny': visits when the journey had been there before.
-- column: rank            | bigint  | Rank by excess within the face; slow ones are ranked apart per waits_for. Ties by name, counted from 1.
-- column: touchpoint      | varchar | Touchpoint.
-- column: label           | varchar | Plain name.
-- column: channel         | varchar | Channel.
-- column: stage           | varchar | Stage up to the goal; null for none.
-- column: owner           | varchar | Who is responsible; null where not given.
-- column: waits_for       | varchar | 'customer' or 'us': for whom the wait after it is; null where not given.
-- column: unit            | varchar | What total and excess count: 'delay hours', 'dropped journeys', 'wasted steps'.
-- column: is_business_time | boolean | Whether its waits count within business hours alone: chat and phone, where a calendar is set; null for the other faces.
-- column: total           | double  | Hours waited after it, journeys ended there, or visits that were returns (a bounce A, B, A is one).
-- column: n               | bigint  | Visits the figure is over; for slow those after which a step followed.
-- column: customers       | bigint  | Customers behind n.
-- column: figure          | double  | total ÷ n: hours per visit, exit rate, returns per visit.
-- column: reference       | double  | The same over the settled visits of the other touchpoints of its stage where they are at least 30, else of all other touchpoints before the goal, else the target of the settings; null without any.
-- column: reference_n     | bigint  | Visits the reference is over; 0 without any.
-- column: reference_scope | varchar | 'stage', 'all' or 'target'; null without a reference.
-- column: excess          | double  | n × (figure − reference) in the unit; below 0 where it does better; null without a reference.
-- column: excess_low      | double  | Lower bound of the excess at 95 % (bootstrap over customers); null without a reference or below two customers.
-- column: excess_high     | double  | Upper bound.
-- column: p_value         | double  | Chance of such an excess, or a greater one, where there is none: one-sided, bootstrap over customers, not adjusted for the number of rows; null where the bounds are.
-- column: conversions     | double  | Conversions associated with the excess: leaky: those more if its exit rate were the reference; slow: those more if moves after a wait above the reference went where the others went. Rows do not add up. Null for churny and where the chain cannot tell.
-- column: value           | double  | Their value, at the mean gross value of a settled conversion; null where conversions is, or without one currency.
-- column: value_currency  | varchar | Currency of the values; null without a value.
-- column: face_conversions | double | Conversions associated with all excesses above 0 of the face together; the same on each row of the face. Null for churny.
-- column: face_value      | double  | Their value.
-- column: wasted_hours    | double  | Hours of the wasted steps: the wait into each return and its own length; null for the other faces.
-- column: is_insufficient | boolean | Whether fewer than 30 customers stand behind it.
-- check:  error | excess_low <= excess and excess <= excess_high | the excess lies in its interval
-- check:  error | figure >= 0 and n > 0 | every figure is over visits

select
    faces.face,
    row_number() over (
        partition by faces.face, if(faces.face = 'slow', touchpoints.waits_for, null)
        order by faces.excess desc nulls last, touchpoints.touchpoint
    ) as rank,
    touchpoints.touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.stage,
    touchpoints.owner,
    touchpoints.waits_for,
    faces.unit,
    if(faces.face = 'slow', touchpoints.channel in ('chat', 'phone') and calendar.is_set, null)
        as is_business_time,
    faces.total,
    faces.n,
    faces.customers,
    faces.figure,
    faces.reference,
    faces.reference_n,
    faces.reference_scope,
    faces.excess,
    tests.excess_low,
    tests.excess_high,
    tests.p_value,
    worth.conversions,
    worth.value,
    worth.value_currency,
    worth.face_conversions,
    worth.face_value,
    faces.wasted_hours,
    faces.customers < 30 as is_insufficient
from analysis.bottleneck_faces as faces
inner join core.touchpoints on faces.touchpoint_key = touchpoints.touchpoint_key
inner join analysis.bottleneck_tests as tests
    on faces.face = tests.face and faces.touchpoint_key = tests.touchpoint_key
left join analysis.bottleneck_values as worth
    on faces.face = worth.face and faces.touchpoint_key = worth.touchpoint_key
inner join (
    select count(*) > 0 as is_set
    from core.business_hours
) as calendar on true
order by faces.face, touchpoints.waits_for, rank
