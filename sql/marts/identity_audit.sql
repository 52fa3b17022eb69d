-- model:  marts.identity_audit
-- about:  What identity did in this run: how many identifiers make a customer, what was refused, shared or in conflict.
-- scope:  global
-- grain:  one row per measure and item
-- key:    measure, item
-- reads:  identity.audit
-- column: measure | varchar | What is counted; 'customers_by_identifiers' is the histogram of customers by their number of identifiers.
-- column: item    | varchar | Which of them: size band, customer_id, kind and keyed hash, reason, evidence; '' for a total.
-- column: amount  | bigint  | The count.
-- column: share   | double  | Of all customers, of all events with a customer, or of all events; null where there is none to take it of.

select
    measure,
    item,
    amount,
    share
from identity.audit
order by measure, item
