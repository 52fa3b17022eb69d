# A funnel with its dials. Open it with: marimo edit notebooks/funnel.py (after `make demo`).
import marimo

app = marimo.App(width="medium", app_title="A funnel")


@app.cell
def _():
    import marimo as mo
    import plotly.graph_objects as go
    import polars as pl

    import journeylab as jl

    lab = jl.open("var/published/current")
    steps = ["web:product", "web:cart", "web:payment", "purchase:completed"]
    return go, jl, lab, mo, pl, steps


@app.cell
def _(mo):
    window = mo.ui.dropdown(["1h", "1d", "7d", "14d", "30d"], value="14d", label="Window")
    entry = mo.ui.dropdown(["any", "first", "every"], value="any", label="Entry")
    order = mo.ui.dropdown(["sequential", "strict", "any"], value="sequential", label="Order")
    mo.vstack(
        [
            mo.md(
                """
                # From the product to the order

                A funnel counts attempts: from the first step on, how many take each next one
                within the window. *Any* entry takes the attempt that gets furthest, *first* the one
                begun first, *every* counts each. *Strict* order lets nothing come between.
                """
            ),
            mo.hstack([window, entry, order], justify="start"),
        ]
    )
    return entry, order, window


@app.cell
def _(entry, go, jl, lab, mo, order, steps, window):
    funnel = lab.funnel(steps, window=window.value, entry=entry.value, order=order.value)
    mo.vstack([go.Figure(jl.figures.funnel(funnel)), mo.ui.table(funnel, selection=None)])
    return (funnel,)


@app.cell
def _(funnel, lab, mo, pl, steps):
    worst = funnel.filter(pl.col("dropped") == pl.col("dropped").max()).row(0, named=True)
    instead = (
        lab.funnel_instead(steps)
        .filter(step=worst["step"], events_later=1)
        .select("touchpoint", "attempts", "share")
        .head(8)
    )
    mo.vstack(
        [
            mo.md(
                f"""
                ## Where they went instead

                Most drop after **{worst["step_name"]}**: of the {worst["entered"]:,} there
                {worst["dropped"]:,} did not go on. What they did next:
                """
            ),
            mo.ui.table(instead, selection=None),
        ]
    )
    return


@app.cell
def _(go, lab, mo, steps):
    trend = lab.funnel_trend(steps)
    mature, young = trend.filter(is_immature=False), trend.filter(is_immature=True)
    lines = go.Figure(
        [
            go.Scatter(
                x=mature["period_start_date"],
                y=mature["conversion_rate"],
                name="over",
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": mature["conversion_rate_high"] - mature["conversion_rate"],
                    "arrayminus": mature["conversion_rate"] - mature["conversion_rate_low"],
                },
            ),
            go.Scatter(
                x=young["period_start_date"],
                y=young["conversion_rate"],
                name="can still rise",
                line={"dash": "dot"},
            ),
        ],
        {
            "template": "plotly_white",
            "yaxis": {"tickformat": ".0%", "rangemode": "tozero", "title": "reached the order"},
            "xaxis": {"title": "week in which the attempt began"},
        },
    )
    mo.vstack(
        [
            mo.md(
                """
                ## Week by week

                Weeks whose window is not over are dotted: their rate can still rise. Whiskers are
                95 % intervals.
                """
            ),
            lines,
        ]
    )
    return


@app.cell
def _(go, lab, mo, steps):
    times = lab.funnel_times(steps)
    bars = go.Figure(
        go.Bar(x=[f"{s / 3600:.3g} h" for s in times["from_seconds"]], y=times["attempts"]),
        {
            "template": "plotly_white",
            "xaxis": {"title": "hours from the product to the order, from", "type": "category"},
            "yaxis": {"title": "attempts"},
        },
    )
    mo.vstack([mo.md("## How long those took who ordered"), bars])
    return


@app.cell
def _(lab, mo, steps):
    by_device = lab.funnel(steps, breakdown="device").select(
        "level", "step_name", "entered", "conversion_rate", "overall_rate", "is_insufficient"
    )
    mo.vstack([mo.md("## By device"), mo.ui.table(by_device, selection=None)])
    return


if __name__ == "__main__":
    app.run()
