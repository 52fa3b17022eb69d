"""What a warehouse keeps between runs, as plain rows: the schemas raw and ops."""

from pathlib import Path

from journeylab.warehouse import open_read_only

#: What a restore cannot know of a file that was set aside, and tries again instead.
FORGOTTEN = ("reason", "reading_hash")


def kept_state(warehouse: Path) -> dict[str, list[str]]:
    """Rows of every table of the schemas raw and ops, sorted; deliveries told by their hash."""
    with open_read_only(warehouse) as opened:
        names = [n for n in opened.table_names() if n.split(".")[0] in ("ops", "raw")]
        files = dict(opened.rows("select delivery_key, sha256 from ops.deliveries"))
        kept = {}
        for name in names:
            rows = opened.table(name).to_dicts()
            for row in rows:
                if row.get("state") == "set_aside":
                    row |= dict.fromkeys(FORGOTTEN)
                if "delivery_key" in row:
                    row["delivery_key"] = files[row["delivery_key"]]
            kept[name] = sorted(str(row) for row in rows)
        return kept
