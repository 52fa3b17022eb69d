-- on: identity.audit
-- severity: warn
-- about: Events on shared devices are at most max_shared_device_share of the events with a customer.
-- params: max_shared_device_share

select
    measure,
    amount,
    share
from identity.audit
where
    measure = 'shared_device_events'
    and share > $max_shared_device_share
