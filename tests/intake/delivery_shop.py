"""A small shop with real formats: files in, nights, events and sums out; rejected rows repaired."""

import json
from datetime import datetime

from journeylab.intake import load_source, rejected_rows, replay
from journeylab.pipeline import formats_in_use, make_table
from journeylab.settings import Settings, Source
from journeylab.warehouse import ensure, memory, read_models

STAGED = ("rows", "doubled_rows", "merged_orders", "event_keys", "events", "refused_rows")
COUNTED = ("rejected_events", "row_counts")
SUMS = ("rows_in", "events", "duplicates", "rejected_rows")


class Shop:
    """Sources with real formats: deliver, let a night pass, export, repair, replay."""

    def __init__(self, folder, **sources):
        self.folder = folder
        self.warehouse = memory(threads=1)
        self.settings = Settings(
            sources={
                name: Source(
                    **{"path": folder / name, "max_rejected_share": 0.9, "currency": "EUR"} | told
                )
                for name, told in sources.items()
            }
        )
        self.formats = {
            name: (self.settings.sources[name], model)
            for name, model in formats_in_use(self.settings).items()
        }
        for name, model in read_models("ops").items():
            ensure(self.warehouse, name, model.columns)

    def deliver(self, source, name, content):
        """Put a file into the landing folder of a source."""
        path = self.folder / source / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def night(self):
        """Take in what is new and settle it; returns the checks that fail."""
        for name, (source, model) in self.formats.items():
            load_source(
                self.warehouse,
                name,
                source,
                model,
                landed=self.folder / "landed",
                run_id="run",
                loaded_at=datetime(2026, 3, 2),
            )
        used = {model.name: model for _, model in self.formats.values()}
        params = {
            "settings": self.settings,
            "as_of": datetime(2026, 4, 1),
            "refused_consent": ["denied"],
            "staging_tables": sorted(used),
        }
        staging = read_models("staging")
        names = [f"staging.{name}" for name in (*STAGED, *COUNTED)]
        models = [read_models("config")["config.sources"], *used.values()]
        models += [staging[name] for name in names if name in staging]
        checks = [c for model in models for c in make_table(model, self.warehouse, params)]
        return [check.about for check in checks if not check.passed]

    def exported(self):
        """Rejected rows: id -> raw text."""
        rows = rejected_rows(self.warehouse).to_dicts()
        return {row["id"]: row["raw_text"] for row in rows}

    def replay(self, texts, erase_of=lambda _: None):
        """Bring rows in again: id -> text."""
        return replay(
            self.warehouse,
            self.formats,
            texts,
            landed=self.folder / "landed",
            run_id="replay",
            loaded_at=datetime(2026, 3, 3),
            erase_of=erase_of,
        )

    def repaired(self, *swaps):
        """The exported rows with some words put right."""
        texts = self.exported()
        for wrong, right in swaps:
            texts = {row_id: text.replace(wrong, right) for row_id, text in texts.items()}
        return texts

    def events(self, *columns):
        """Columns of the events in their order."""
        return self.warehouse.rows(
            f"select {', '.join(columns)} from staging.events order by occurred_at, event_id"
        )

    def sums(self, source):
        """Rows in, events, duplicates and rejected rows of a source."""
        return self.warehouse.rows(
            f"select {', '.join(SUMS)} from staging.row_counts where source = $source",
            {"source": source},
        )[0]


LOG = '1.2.3.4 - - [01/Mar/2026:10:00:0{} +0000] "GET /{} HTTP/1.1" 200 7 "-" "Mozilla/5.0"'
WEB = {"channel": "web", "format": "contract", "reader": "json_lines"}


def page(event_id, minute="10:00", **told):
    return json.dumps(
        {"event_id": event_id, "occurred_at": f"2026-03-01 {minute}", "event_name": "page", **told}
    )
