"""``journeylab rejected``: how many rows were rejected and why, and the rows themselves."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from journeylab.cli.tables import as_csv, as_table
from journeylab.errors import NoSnapshot
from journeylab.settings import load_settings
from journeylab.warehouse import hold, open_current, open_read_only

rejected = App(
    name="rejected",
    help="Count rejected rows by reason, and export them as they came.",
    help_epilogue="Example: journeylab rejected export --source web --output rejected.csv",
    help_format="plaintext",
)

_EXPORT = """
    select source, file_name, row_number, reason_code, reason, raw_text
    from staging.rejected_events
    where source = coalesce($source, source) and reason_code = coalesce($reason, reason_code)
    order by source, file_name, row_number, reason_code
"""


@rejected.command(name="list")
def list_(*, config: Path | None = None) -> None:
    """Count the rejected rows of the current snapshot by source and reason.

    Args:
        config: Settings file; journeylab.toml in this folder when not given.
    """
    with open_current(load_settings(config).paths.published) as opened:
        print(as_table(opened.frame("from rejected_summary"), rows=1000))


@rejected.command
def export(
    *,
    output: Path,
    source: str | None = None,
    reason: str | None = None,
    form: Annotated[Literal["csv", "jsonl"], Parameter(name="--format")] = "csv",
    config: Path | None = None,
) -> None:
    """Write the rejected rows with their raw text to a private file (mode 0600).

    The raw text is what the source sent, personal data included.

    Args:
        output: File to write.
        source: Only rows of this source.
        reason: Only rows with this reason code, for example bad_time.
        form: csv guards texts that a spreadsheet would run; jsonl keeps them to the letter.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    paths = load_settings(config).paths
    if not paths.warehouse.is_file():
        where = str(paths.warehouse)
        raise NoSnapshot("there is no warehouse yet", where, "make one with: journeylab run")
    with (
        hold(paths.lock, started_at=datetime.now(UTC)),
        open_read_only(paths.warehouse) as warehouse,
    ):
        rows = warehouse.frame(_EXPORT, {"source": source, "reason": reason})
    lines = (json.dumps(row, ensure_ascii=False) for row in rows.to_dicts())
    output.touch(mode=0o600)
    output.chmod(0o600)
    text = as_csv(rows) if form == "csv" else "\n".join(lines)
    output.write_text(text + "\n", encoding="utf-8")
    print(f"{rows.height:,} rejected rows written to {output}")
