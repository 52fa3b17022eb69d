"""Tables built on many machines: Spark hands out buckets, DuckDB computes.

Importing this package imports neither Spark nor Java; starting a job does.
"""

from journeylab.cluster.counting import Made, checked, parts
from journeylab.cluster.customers import build_customers, lay_out
from journeylab.cluster.exchange import Exchange, bucket_name, part_name
from journeylab.cluster.job import Job
from journeylab.cluster.kernel import BucketDone, Work, build_bucket
from journeylab.cluster.lists import LISTED, NUMBERED_LATER
from journeylab.cluster.spark import Application, on_spark, session, what_spark_lacks
from journeylab.cluster.staging import SETTLED, stage

__all__ = [
    "LISTED",
    "NUMBERED_LATER",
    "SETTLED",
    "Application",
    "BucketDone",
    "Exchange",
    "Job",
    "Made",
    "Work",
    "bucket_name",
    "build_bucket",
    "build_customers",
    "checked",
    "lay_out",
    "on_spark",
    "part_name",
    "parts",
    "session",
    "stage",
    "what_spark_lacks",
]
