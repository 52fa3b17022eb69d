"""A desk for deliveries: files go into a landing folder, tables come out."""

from datetime import datetime

import pytest

from journeylab.intake import load_source
from journeylab.settings import Source
from journeylab.warehouse import memory, read_model

HEADER = """-- model:  staging.web_{format}
-- about:  A format of the tests.
-- scope:  staging
-- grain:  one row per delivered row
-- key:
-- reads:
-- reader: {reader}
-- raw:    id | varchar | required | Id.
-- raw:    amount | bigint | optional | A whole number.
-- raw:    details | json | optional | Nested values.

select 1 as id
"""


class Desk:
    """One source with its landing folder, its private copies and a warehouse."""

    def __init__(self, folder):
        self.folder = folder
        self.landing = folder / "landing"
        self.landed = folder / "landed"
        self.warehouse = memory(threads=2)

    def deliver(self, name, content):
        """Put a file into the landing folder; text as UTF-8."""
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, reader="json_lines", *, name="shop", run_id="run-1", header=HEADER, **settings):
        """Load the landing folder as a format with the columns id, amount and details."""
        kind = reader.split()[0]
        model_file = self.folder / f"{kind}.sql"
        model_file.write_text(header.format(format=kind, reader=reader))
        source = Source(
            **{"channel": "web", "format": kind, "path": self.landing, "max_rejected_share": 0.9}
            | settings
        )
        return load_source(
            self.warehouse,
            name,
            source,
            read_model(model_file),
            landed=self.landed,
            run_id=run_id,
            loaded_at=datetime(2026, 3, 2),
        )

    def rows(self, kind="json_lines"):
        """The raw rows without source and delivery: number, id, amount, details, extra."""
        return self.warehouse.rows(
            f"select row_number, id, amount, details, extra from raw.web_{kind}"
            " order by delivery_key, row_number"
        )

    def ids(self, kind="json_lines"):
        """Row number and id of every raw row."""
        return [row[:2] for row in self.rows(kind)]

    def rejected(self):
        """Rejected records: number, reason code, reason, raw text."""
        return self.warehouse.rows(
            "select row_number, reason_code, reason, raw_text from ops.rejected_rows"
            " order by delivery_key, row_number"
        )

    def set_aside(self):
        """Files set aside: name, reason code, reason."""
        return self.warehouse.rows(
            "select file_name, reason_code, reason from ops.deliveries"
            " where state = 'set_aside' order by delivery_key"
        )


@pytest.fixture
def desk(tmp_path):
    """An empty desk; its landing folder does not exist yet."""
    return Desk(tmp_path)
