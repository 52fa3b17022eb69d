"""One shop on both engines: its settings on Spark, and what each engine published."""

from journeylab.warehouse import RUN_TABLES, content_hash, open_current

STAGING = "cluster.staging"
CUSTOMERS = "cluster.customers"


def published(settings):
    """Content hash of every published table but those that tell of the run itself."""
    with open_current(settings.paths.published) as snapshot:
        names = {name.split(".")[1]: name for name in snapshot.table_names()}
        return {
            table: content_hash(snapshot, name)
            for table, name in names.items()
            if table not in RUN_TABLES
        }


def elsewhere(settings, folder, buckets, **told):
    """The same shop on Spark with a warehouse of its own, and the same hash key."""
    paths = settings.paths.model_copy(update={"var": folder})
    spark = settings.spark.model_copy(update={"exchange": str(folder / "exchange"), **told})
    apart = settings.model_copy(update={"paths": paths, "spark": spark})
    return apart.on_engine("spark", buckets=buckets)


def rows_by_step(report):
    """How many rows each step of a run made."""
    return {step.name: step.rows for step in report.steps}
