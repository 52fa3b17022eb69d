"""``journeylab rejected``: rejected rows counted, written out, and brought in again repaired."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import App, Parameter

from journeylab.cli.tables import as_csv, as_table, guarded, printable
from journeylab.errors import InputRefused, NoSnapshot
from journeylab.intake import rejected_rows
from journeylab.pipeline import open_between_runs, replay_rows
from journeylab.run_report import DONE, DONE_WITH_WARNINGS
from journeylab.settings import Settings, load_settings
from journeylab.warehouse import Warehouse, hold, open_current, open_read_only

_SHOWN: Final = 10
_EXPORTED: Final = (
    "id",
    "source",
    "file_name",
    "row_number",
    "reason_code",
    "reason",
    "raw_text",
)

rejected = App(
    name="rejected",
    help="Count rejected rows by reason, export them as they came, and replay them repaired.",
    help_epilogue=(
        "Example: journeylab rejected export --source web --output rejected.csv\n\n"
        "Then mend raw_text in that file with any editor, and:\n\n"
        "    journeylab rejected replay rejected.csv\n"
        "    journeylab run"
    ),
    help_format="plaintext",
)


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

    The raw text is what the source sent, personal data included; of a row that was read and
    then refused it is a JSON object of its columns. Mend it there, keep the id, and bring it
    in again with: journeylab rejected replay

    Args:
        output: File to write.
        source: Only rows of this source.
        reason: Only rows with this reason code, for example bad_time.
        form: csv guards texts that a spreadsheet would run; jsonl keeps them to the letter.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    settings = load_settings(config)
    _need_warehouse(settings)
    with (
        hold(settings.paths.lock, started_at=datetime.now(UTC)),
        open_read_only(settings.paths.warehouse) as warehouse,
    ):
        rows = rejected_rows(warehouse, source=source, reason=reason).select(_EXPORTED)
    lines = (json.dumps(row, ensure_ascii=False) for row in rows.to_dicts())
    output.touch(mode=0o600)
    output.chmod(0o600)
    text = as_csv(rows) if form == "csv" else "\n".join(lines)
    output.write_text(text + "\n", encoding="utf-8")
    print(f"{rows.height:,} rejected rows written to {output}")


@rejected.command
def replay(
    file: Path,
    /,
    *,
    unedited: Annotated[bool, Parameter(name="--unedited")] = False,
    config: Path | None = None,
) -> int:
    """Bring exported rows in again, repaired; the next run counts each of them once.

    Rows are known by their id, and only those whose raw_text was edited are read. A row that
    comes again leaves the rejected ones, also when the sender delivers the mended file later
    (the same event twice is a duplicate) or when this file is replayed twice. A row that is
    still no good is rejected anew, with its new text.

    Args:
        file: What export wrote, edited: CSV or JSON lines. Columns other than id and
            raw_text, and rows that need no repair, may be left out.
        unedited: Also bring rows whose text was not edited: a setting was wrong, not they.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    settings = load_settings(config)
    given = _texts(file)
    _need_warehouse(settings)
    with open_between_runs(settings, started_at=datetime.now(UTC)) as context:
        texts = _edited(context.warehouse, given, unedited=unedited)
        done = replay_rows(context, texts)
    print(f"{done.loaded:,} rows replayed; count them with: journeylab run")
    if done.already:
        print(f"{done.already:,} rows were replayed before and are left as they are")
    if done.gone:
        print(f"{done.gone:,} rows are no longer there: erased, or gone for their age")
    if len(given) > len(texts):
        print(f"{len(given) - len(texts):,} rows are not edited and stay rejected")
    for row_id, reason in done.still_rejected[:_SHOWN]:
        print(f"still rejected {row_id}: {printable(reason)}")
    if len(done.still_rejected) > _SHOWN:
        print(f"and {len(done.still_rejected) - _SHOWN:,} more: journeylab run, then export again")
    return DONE_WITH_WARNINGS if done.still_rejected else DONE


def _need_warehouse(settings: Settings) -> None:
    if not settings.paths.warehouse.is_file():
        where = str(settings.paths.warehouse)
        raise NoSnapshot("there is no warehouse yet", where, "make one with: journeylab run")


def _texts(file: Path) -> dict[str, str]:
    """Row id -> text of an exported file, CSV or JSON lines."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            told = opened.read()
        if told.lstrip().startswith("{"):
            rows = [json.loads(line) for line in told.split("\n") if line.strip()]
        else:
            csv.field_size_limit(1 << 30)
            rows = list(csv.DictReader(io.StringIO(told, newline=""), strict=True))
        pairs = [(row["id"], row["raw_text"]) for row in rows]
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise InputRefused(
            f"no file of rejected rows: {error}",
            str(file),
            "edit what 'journeylab rejected export' wrote, and keep its columns id and raw_text",
        ) from error
    found: dict[str, str] = {}
    for row_id, text in pairs:
        if not isinstance(text, str) or found.setdefault(row_id, text) != text:
            raise InputRefused(
                f"row {row_id!r} stands there twice, with two texts, or without one",
                str(file),
                "keep one line for each id",
            )
    return found


def _edited(warehouse: Warehouse, given: dict[str, str], *, unedited: bool) -> dict[str, str]:
    """What is to be read: the guard of CSV taken off, and rows nobody edited left out."""
    known = {row["id"]: row["raw_text"] for row in rejected_rows(warehouse).to_dicts()}
    found = {}
    for row_id, text in given.items():
        original = known.get(row_id)
        if original is not None and text in (original, guarded(original)):
            if unedited:
                found[row_id] = original
            continue
        bare = text.removeprefix("'")
        found[row_id] = bare if guarded(bare) == text else text
    return found
