-- model:  marts.stay_curves
-- about:  What ends a stay, over time: the share of the visits to a touchpoint ended by each cause up to so many seconds after the visit's last event, at some 200 times up to the journey timeout. Causes that never end a visit there are left out.
-- scope:  global
-- grain:  one row per (touchpoint, cause, seconds)
-- key:    touchpoint, cause, seconds
-- reads:  analysis.stay_curves, core.touchpoints
-- column: touchpoint    | varchar | Touchpoint.
-- column: cause         | varchar | What ends the stay: 'goal', 'loss', 'advance', 'stay', 'back', 'lateral' or 'leave', as in stays.
-- column: seconds       | double  | Time since the visit's last event.
-- column: share         | double  | Share of the stays ended by the cause up to then (Aalen-Johansen).
-- column: staying_share | double  | Share of the stays not ended by any cause up to then (Kaplan-Meier); with the shares of all causes it sums to 1.
-- column: at_risk       | bigint  | Visits watched beyond that time.
-- check:  error | share between 0 and 1 and staying_share between 0 and 1 | shares lie in [0, 1]

select
    touchpoints.touchpoint,
    curves.cause,
    curves.seconds,
    curves.share,
    curves.staying_share,
    curves.at_risk
from analysis.stay_curves as curves
inner join core.touchpoints on curves.item_key = touchpoints.touchpoint_key
where curves.kind = 'touchpoint'
order by touchpoints.touchpoint, curves.cause, curves.seconds
