"""A cluster of one process: the rounds of a job, bucket by bucket, without Spark."""

from journeylab.cluster import Exchange, Job
from journeylab.settings import Spark
from journeylab.warehouse import Bench


class InThisProcess:
    """Calls the function of each task; a real engine, on one machine and one thread."""

    def parallelism(self):
        """One task at once."""
        return 1

    def threads_of_a_task(self):
        """One thread a task."""
        return 1

    def hand_out(self, work, parts):
        """What the function returns, number by number."""
        return [work(number) for number in range(parts)]


def job_over(warehouse, folder, buckets, params, *, cluster=None, place="{folder}/exchange"):
    """A job over a warehouse, with its exchange in a folder."""
    exchange = Exchange(place.format(folder=folder), "run")
    exchange.begin()
    told = Spark(buckets=buckets, memory_limit="500MB")
    bench = Bench(warehouse)
    return Job(cluster or InThisProcess(), told, exchange, warehouse, bench, params, folder)
