"""A warehouse given raw rows by hand, and the staging models built over them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from journeylab.warehouse import Model, Warehouse, build, ensure, read_models

SOURCES = (
    "source varchar, channel varchar, format varchar, timezone varchar, time_format varchar,"
    " currency varchar, identical_rows varchar, is_required boolean"
)


class Staged:
    """An in-memory warehouse: deliver raw or staged rows, build, look at the result."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.models = read_models("staging")
        warehouse.execute("create schema config")
        warehouse.execute(f"create table config.sources ({SOURCES})")
        for name in ("ops.deliveries", "ops.rejected_rows", "ops.freed_events"):
            ensure(warehouse, name, read_models("ops")[name].columns)

    def source(self, name: str, channel: str = "web", **told: str) -> None:
        """Configure a source; ``told`` overrides timezone, currency and the like."""
        values = {"timezone": "UTC", "identical_rows": "duplicates", "format": "contract", **told}
        self.warehouse.execute(
            "insert into config.sources values ($source, $channel, $format, $timezone,"
            " $time_format, $currency, $identical_rows, false)",
            {"time_format": None, "currency": None, **values, "source": name, "channel": channel},
        )

    def delivery(self, key: int, source: str, file_name: str = "a.csv") -> None:
        """Note a loaded file in the manifest."""
        self.warehouse.execute(
            "insert into ops.deliveries (delivery_key, source, file_name, state)"
            " values ($key, $source, $file_name, 'loaded')",
            {"key": key, "source": source, "file_name": file_name},
        )

    def raw(
        self, model_name: str, *rows: dict[str, Any], source: str, delivery_key: int = 1
    ) -> None:
        """Append rows to a format's raw table as intake would; row numbers count from 1."""
        model = self.models[model_name]
        table = "raw." + model_name.split(".")[1]
        columns = ", ".join(f'"{column.name}" {column.type}' for column in model.raw)
        self.warehouse.execute("create schema if not exists raw")
        self.warehouse.execute(
            f"create table if not exists {table} (source varchar, delivery_key integer,"
            f" row_number bigint, {columns}, extra json)"
        )
        for number, row in enumerate(rows, start=1):
            told = {"source": source, "delivery_key": delivery_key, "row_number": number, **row}
            names = ", ".join(f'"{name}"' for name in told)
            marks = ", ".join(f"$v{place}" for place in range(len(told)))
            self.warehouse.execute(
                f"insert into {table} ({names}) values ({marks})",
                {f"v{place}": value for place, value in enumerate(told.values())},
            )

    def build(self, model_name: str, **params: Any) -> list[tuple[str, int]]:
        """Build one model; returns the failed checks with their faulty rows."""
        results = build(self.warehouse, self.model(model_name), params)
        return [(result.about, result.faulty_rows) for result in results if not result.passed]

    def model(self, name: str) -> Model:
        """One staging model."""
        return self.models[name]

    def settle(
        self, *formats: str, as_of: datetime = datetime(2030, 1, 1)
    ) -> list[tuple[str, int]]:
        """Build the formats and every model from staging.rows to staging.row_counts."""
        failed = [fault for name in formats for fault in self.build(name)]
        for name in (
            "staging.rows",
            "staging.doubled_rows",
            "staging.merged_orders",
            "staging.event_keys",
            "staging.events",
            "staging.refused_rows",
            "staging.rejected_events",
            "staging.row_counts",
        ):
            failed += self.build(
                name, as_of=as_of, staging_tables=list(formats), refused_consent=["denied", "no"]
            )
        return failed

    def rows(self, table: str, *columns: str, order_by: str = "all") -> list[tuple[Any, ...]]:
        """Columns of a table, sorted."""
        return self.warehouse.rows(f"select {', '.join(columns)} from {table} order by {order_by}")

    def stage(self, model_name: str, *columns: str, order_by: str = "row_number") -> Sequence[Any]:
        """Build a format and return the given columns of its rows in delivered order."""
        self.build(model_name)
        return self.rows(model_name, *columns, order_by=order_by)
