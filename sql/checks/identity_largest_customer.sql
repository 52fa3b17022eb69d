-- on: identity.customers
-- severity: error
-- about: No customer has more identifiers than max_customer_identifiers; one that has is several people joined by something shared.
-- params: max_customer_identifiers

select
    customer_id,
    identifiers
from identity.customers
where identifiers > $max_customer_identifiers
