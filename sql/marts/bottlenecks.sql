-- model:  marts.bottlenecks
-- about:  Where settled journeys before the goal lose most against comparable touchpoints: slow (waits), leaky (exits), churny (going back). Each face has its own unit; faces are not compared with each other.
-- scope:  global
-- grain:  one row per (face, touchpoint)
-- key:    face, touchpoint
-- reads:  analysis.bottleneck_faces, core.touchpoints
-- column: face            | varchar | 'slow': waits after it; 'leaky': journeys that end there; 'churny': visits when the journey had been there before.
-- column: rank            | bigint  | Rank by excess within the face; slow ones are ranked apart per waits_for. Ties by name, counted from 1.
-- column: touchpoint      | varchar | Touchpoint.
-- column: label           | varchar | Plain name.
-- column: channel         | varchar | Channel.
-- column: stage           | varchar | Stage up to the goal; null for none.
-- column: owner           | varchar | Who is responsible; null where not given.
-- column: waits_for       | varchar | 'customer' or 'us': for whom the wait after it is; null where not given.
-- column: unit            | varchar | What total and excess count: 'delay hours', 'dropped journeys', 'wasted steps'.
-- column: total           | double  | Hours waited after it, journeys ended there, or visits that were returns (a bounce A, B, A is one).
-- column: n               | bigint  | Visits the figure is over; for slow those after which a step followed.
-- column: customers       | bigint  | Customers behind n.
-- column: figure          | double  | total ÷ n: hours per visit, exit rate, returns per visit.
-- column: reference       | double  | The same over the settled visits of the other touchpoints of its stage where they are at least 30, else of all other touchpoints before the goal; null without any.
-- column: reference_n     | bigint  | Visits the reference is over; 0 without any.
-- column: reference_scope | varchar | 'stage' or 'all'; null without a reference.
-- column: excess          | double  | n × (figure − reference) in the unit; below 0 where it does better; null without a reference.
-- column: is_insufficient | boolean | Whether fewer than 30 customers stand behind it.
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
    faces.total,
    faces.n,
    faces.customers,
    faces.figure,
    faces.reference,
    faces.reference_n,
    faces.reference_scope,
    faces.excess,
    faces.customers < 30 as is_insufficient
from analysis.bottleneck_faces as faces
inner join core.touchpoints on faces.touchpoint_key = touchpoints.touchpoint_key
order by faces.face, touchpoints.waits_for, rank
