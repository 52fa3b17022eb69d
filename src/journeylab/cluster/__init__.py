"""Tables of single customers built on many machines: Spark hands out buckets, DuckDB computes.

Importing this package imports neither Spark nor Java; starting a job does.
"""

from journeylab.cluster.exchange import Exchange, bucket_name, part_name
from journeylab.cluster.job import build_customers, lay_out
from journeylab.cluster.kernel import BucketDone, CustomerWork, Input, build_bucket
from journeylab.cluster.manifest import checked, parts, rows_of
from journeylab.cluster.spark import on_spark, parallelism, session, what_spark_lacks

__all__ = [
    "BucketDone",
    "CustomerWork",
    "Exchange",
    "Input",
    "bucket_name",
    "build_bucket",
    "build_customers",
    "checked",
    "lay_out",
    "on_spark",
    "parallelism",
    "part_name",
    "parts",
    "rows_of",
    "session",
    "what_spark_lacks",
]
