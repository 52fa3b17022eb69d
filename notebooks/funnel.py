# A funnel with its dials. Open it with: marimo edit notebooks/funnel.py (after `make demo`).
import marimo

app = marimo.App(width="full", app_title="A funnel")


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
    dials = {"window": window.value, "entry": entry.value, "order": order.value}
    funnel = lab.funnel(steps, **dials)
    mo.vstack([go.Figure(jl.figures.funnel(funnel)), mo.ui.table(funnel, selection=None)])
    return dials, funnel


@app.cell
def _(dials, funnel, go, jl, lab, mo, pl, steps):
    worst = funnel.filter(pl.col("dropped") == pl.col("dropped").max()).row(0, named=True)
    instead = lab.funnel_instead(steps, **dials).filter(step=worst["step"], events_later=1)
    mo.vstack(
        [
            mo.md(
                f"""
                ## Where they went instead

                Most drop after **{worst["step_name"]}**: of the {worst["entered"]:,} there
                {worst["dropped"]:,} did not go on. What they did next:
                """
            ),
            go.Figure(jl.figures.funnel_instead(instead)),
        ]
    )
    return


@app.cell
def _(dials, go, jl, lab, mo, steps):
    mo.vstack(
        [
            mo.md(
                """
                ## Week by week

                By the week in which the attempt began. Weeks whose window is not over are told
                apart: their rate can still rise.
                """
            ),
            go.Figure(jl.figures.funnel_trend(lab.funnel_trend(steps, **dials))),
        ]
    )
    return


@app.cell
def _(dials, go, jl, lab, mo, steps):
    mo.vstack(
        [
            mo.md("## How long those took who ordered\n\nFrom the product to the order."),
            go.Figure(jl.figures.spans(lab.funnel_times(steps, **dials))),
        ]
    )
    return


@app.cell
def _(dials, lab, mo, steps):
    by_device = lab.funnel(steps, breakdown="device", **dials).select(
        "level", "step_name", "entered", "conversion_rate", "overall_rate", "is_insufficient"
    )
    mo.vstack([mo.md("## By device"), mo.ui.table(by_device, selection=None)])
    return


if __name__ == "__main__":
    app.run()
