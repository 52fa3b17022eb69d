-- model:  analysis.customer_samples
-- about:  Which of 1,024 random samples each customer is in. Resampling draws samples whole: at the same accuracy, its cost does not grow with the customers. And which half of the customers, where what one half teaches is tried on the other.
-- scope:  customer
-- grain:  one row per customer
-- key:    customer_key
-- reads:  identity.customers
-- params: seed
-- column: customer_key   | integer   | Customer.
-- column: sample_number  | usmallint | 0 to 1,023, by a hash of customer_id.
-- column: is_second_half | boolean   | By a hash of that hash and the seed, as journeylab.analysis.resampling.hash_shares draws.

with

hashed as (
    select
        customer_key,
        md5_number_lower(customer_id) as customer_hash,
        ('0x' || md5($seed::varchar || '|chain_order|0')[:16])::ubigint as salt
    from identity.customers
),

-- The finaliser of SplitMix64, modulo 2^64; its last step stirs no bit of the upper half.
begun as (
    select
        customer_key,
        customer_hash,
        ((xor(customer_hash, salt)::uhugeint + 11400714819323198485) % 18446744073709551616)::ubigint as bits
    from hashed
),

stirred as (
    select
        customer_key,
        customer_hash,
        ((xor(bits, bits >> 30)::uhugeint * 13787848793156543929) % 18446744073709551616)::ubigint as bits
    from begun
)

select
    customer_key,
    (customer_hash % 1024)::usmallint as sample_number,
    (xor(bits, bits >> 27)::uhugeint * 10723151780598845931) % 18446744073709551616
    >= 9223372036854775808 as is_second_half
from stirred
