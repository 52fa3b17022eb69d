-- model:  analysis.nps_samples
-- about:  Promoters less detractors and scores of each customer, for every item the NPS is taken of.
-- scope:  global
-- grain:  one row per (item, customer)
-- key:    item, customer_hash
-- reads:  analysis.customer_surveys, identity.customers
-- column: item          | varchar | What it is of; '' for all scores.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id, which resampling draws by.
-- column: amount        | bigint  | 100 × (promoters − detractors).
-- column: n             | bigint  | Scores.

select
    if(surveys.subject = 'all', '', surveys.item) as item,
    md5_number_lower(customers.customer_id) as customer_hash,
    100 * (surveys.good - surveys.bad) as amount,
    surveys.scores as n
from analysis.customer_surveys as surveys
inner join identity.customers on surveys.customer_key = customers.customer_key
where surveys.survey = 'nps' and surveys.scores > 0
order by item, customer_hash
