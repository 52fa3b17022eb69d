"""Tables of findings about chosen journeys, told of what was found and of marks.

As ``adding``: each function makes the table of the model of its name.
"""

from typing import Any, Final

import polars as pl

from journeylab.analysis.statistics import MIN_CUSTOMERS
from journeylab.lab.adding import Settings
from journeylab.lab.cells import Choice

_LATE: Final = "late answer"
_COSTS: Final = {"low": 1, "high": 4}
_MEDIUM: Final = 2
#: Of each face of a bottleneck: unit, its amount, what it is over, the customers, units in one.
_FACES: Final = {
    "churny": ("wasted steps", "returns", "visits", "customers", 1),
    "leaky": ("dropped journeys", "exits", "visits", "customers", 1),
    "slow": ("delay hours", "wait_microseconds", "waits", "waiting_customers", 3_600_000_000),
}
_TARGETS: Final = {"slow": "wait_hours", "leaky": "exit_rate", "churny": "return_rate"}
_MIN_VISITS: Final = 30  # of others of a stage, to be compared with them
_FACE_SCHEMA: Final[dict[str, pl.DataType]] = {
    "face": pl.String(),
    "touchpoint_key": pl.UInt16(),
    "unit": pl.String(),
    "total": pl.Float64(),
    "n": pl.Int64(),
    "customers": pl.Int64(),
    "figure": pl.Float64(),
    "reference": pl.Float64(),
    "reference_n": pl.Int64(),
    "reference_scope": pl.String(),
    "wasted_hours": pl.Float64(),
    "excess": pl.Float64(),
}
_SCHEMA: Final[dict[str, pl.DataType]] = {
    "rank": pl.Int64(),
    "face": pl.String(),
    "item": pl.String(),
    "touchpoint": pl.String(),
    "touchpoints": pl.List(pl.String()),
    "label": pl.String(),
    "stage": pl.String(),
    "owner": pl.String(),
    "journeys": pl.Int64(),
    "share": pl.Float64(),
    "value": pl.Float64(),
    "currency": pl.String(),
    "effort": pl.String(),
}


def findings(
    choice: Choice,
    _: Settings,
    found: pl.DataFrame,
    sales: pl.DataFrame,
    touchpoints: pl.DataFrame,
    loops: pl.DataFrame,
    efforts: pl.DataFrame,
) -> pl.DataFrame:
    """``analysis.findings``.

    Args:
        choice: of journeys.
        _: settings of the run.
        found: ``analysis.opportunities``.
        sales: ``analysis.sales``.
        touchpoints: ``core.touchpoints``.
        loops: ``graph.loops``.
        efforts: ``config.efforts``.
    """
    settled = int((choice.of("settled") & ~choice.journeys.service).sum())
    converted = int(choice.of("converted").sum())
    price, currency = None, None
    if sales.height == 1:
        currency, count, value = sales.select("currency", "sales", "value").row(0)
        price = float(value) / count
    inventory = touchpoints.sort("touchpoint_key").to_dicts()
    walked = {",".join(map(str, keys)): keys for keys in loops["loop_keys"].to_list()}
    known = dict(efforts.select("touchpoint", "effort").iter_rows())
    told: list[tuple[tuple[float | str, ...], dict[str, Any]]] = []
    for row in found.filter("is_opportunity").iter_rows(named=True):
        touchpoint = inventory[row["touchpoint_key"]]
        keys = walked.get(row["item"]) if row["face"] == "loop" else None
        named = [inventory[key] for key in keys or [row["touchpoint_key"]]]
        is_late = row["face"] == _LATE
        worth = None
        if row["conversions"] is not None and price is not None:
            worth = row["conversions"] * price
        effort = known.get(touchpoint["touchpoint"])
        cost = _COSTS.get(effort or "", _MEDIUM)
        place = tuple(
            bound
            for amount in (worth, row["conversions"], row["excess"])
            for bound in (amount is None, 0.0 if amount is None else -amount / cost)
        )
        finding = {
            "face": row["face"],
            "item": row["item"],
            "touchpoint": touchpoint["touchpoint"],
            "touchpoints": [one["touchpoint"] for one in named],
            "label": " -> ".join(one["label"] for one in named),
            "stage": touchpoint["stage_after_goal" if is_late else "stage"],
            "owner": touchpoint["owner"],
            "journeys": row["journeys"],
            "share": row["journeys"] / (converted if is_late else settled),
            "value": worth,
            "currency": currency if worth is not None else None,
            "effort": effort or "medium",
        }
        told.append(((*place, row["face"], row["item"]), finding))
    told.sort(key=lambda one: one[0])
    rows = [{"rank": rank, **finding} for rank, (_, finding) in enumerate(told, start=1)]
    return pl.DataFrame(rows, schema=_SCHEMA)


def opportunities(
    _: Choice, __: Settings, findings: pl.DataFrame, found: pl.DataFrame, words: pl.DataFrame
) -> pl.DataFrame:
    """``marts.opportunities``, of findings, ``analysis.opportunities`` and their words."""
    finding = ("face", "item")
    told = found.drop("journeys", "touchpoint_key")
    return (
        findings.join(told, on=finding)
        .join(words, on=finding)
        .rename({"share": "reach"})
        .sort("rank")
    )


def bottleneck_faces(_: Choice, settings: Settings, sums: pl.DataFrame) -> pl.DataFrame:
    """``analysis.bottleneck_faces``, of ``analysis.visit_sums``."""
    rows = []
    for face, (unit, amount, n, customers, per_unit) in _FACES.items():
        target = settings[f"target_{_TARGETS[face]}"]
        told = [
            (row["touchpoint_key"], row["stage"], int(row[amount]), row[n], row[customers], row)
            for row in sums.sort("touchpoint_key").iter_rows(named=True)
            if face != "slow" or row[n] > 0
        ]
        of_face = sum(one[3] for one in told), sum(one[2] for one in told)
        of_stage: dict[str, tuple[int, int]] = {}
        for _key, stage, total, visits, *_rest in told:
            if stage is not None:
                n_so_far, so_far = of_stage.get(stage, (0, 0))
                of_stage[stage] = n_so_far + visits, so_far + total
        for key, stage, total, visits, people, row in told:
            around = of_stage[stage] if stage is not None else (visits, total)
            has_stage = around[0] - visits >= _MIN_VISITS
            others, amounts = around if has_stage else of_face
            others, amounts = others - visits, amounts - total
            reference = excess = None
            if others > 0:
                scope = "stage" if has_stage else "all"
                reference = amounts / (others * per_unit)
                excess = (total - float(visits * amounts) / others) / per_unit
            elif target is not None:
                scope, reference = "target", float(target)
                excess = total / per_unit - visits * reference
            wasted = int(row["return_microseconds"]) / 3.6e9 if face == "churny" else None
            rows.append(
                {
                    "face": face,
                    "touchpoint_key": key,
                    "unit": unit,
                    "total": total / per_unit,
                    "n": visits,
                    "customers": people,
                    "figure": total / (visits * per_unit),
                    "reference": reference,
                    "reference_n": others,
                    "reference_scope": scope if reference is not None else None,
                    "wasted_hours": wasted,
                    "excess": excess,
                }
            )
    return pl.DataFrame(rows, schema=_FACE_SCHEMA)


def answer_samples(choice: Choice, _: Settings) -> pl.DataFrame:
    """``analysis.answer_samples``."""
    every = choice.table("kept_answers")
    places = every["place"].to_numpy()
    told = every.with_columns(pl.Series("customer", choice.journeys.customers[places])).filter(
        pl.Series(choice.chosen[places], dtype=pl.Boolean)
    )
    late, bought = pl.col("is_late"), pl.col("is_bought_again")
    counted = (
        told.group_by("touchpoint_key")
        .agg(
            journeys=pl.col("place").filter(late).n_unique().cast(pl.Int64),
            customers=pl.col("customer").filter(late).n_unique().cast(pl.Int64),
            prompt_customers=pl.col("customer").filter(~late).n_unique(),
        )
        .filter(pl.min_horizontal("customers", "prompt_customers") >= MIN_CUSTOMERS)
        .drop("prompt_customers")
    )
    return (
        told.group_by("touchpoint_key", "sample_number")
        .agg(
            late=late.sum().cast(pl.Int64),
            late_again=(late & bought).sum().cast(pl.Int64),
            prompt=(~late).sum().cast(pl.Int64),
            prompt_again=(~late & bought).sum().cast(pl.Int64),
        )
        .join(counted, on="touchpoint_key")
        .sort("touchpoint_key", "sample_number")
    )
