# Two weeks compared. Open it with: marimo edit notebooks/two_weeks.py (after `make demo`).
import marimo

app = marimo.App(width="full", app_title="Two weeks compared")


@app.cell
def _():
    import marimo as mo
    import plotly.graph_objects as go
    import polars as pl

    import journeylab as jl

    lab = jl.open("var/published/current")
    return go, jl, lab, mo, pl


@app.cell
def _(lab, mo, pl):
    weeks = lab.drift().filter(~pl.col("is_immature"))["week_start_date"].cast(str).to_list()
    this = mo.ui.dropdown(weeks, value=weeks[-1], label="Week from")
    other = mo.ui.dropdown(weeks, value=weeks[-2], label="against week from")
    mo.vstack(
        [
            mo.md(
                """
                # Did this week differ from another?

                Journeys belong to the week they started in; only weeks are offered whose journeys
                are all settled, or the younger one would always look better.
                """
            ),
            mo.hstack([this, other], justify="start"),
        ]
    )
    return other, this


@app.cell
def _(other, pl, this):
    starts = pl.Series([this.value, other.value]).str.to_date()
    ends = starts.dt.offset_by("7d")
    a, b = zip(starts.cast(str), ends.cast(str), strict=True)
    return a, b


@app.cell
def _(a, b, lab, mo, pl):
    kpis = lab.compare(a, b, on="kpis").select(
        "kpi", "value_a", "value_b", "difference", "p_adjusted", "is_significant"
    )
    sure = kpis.filter(is_significant=True).height
    mo.vstack(
        [
            mo.md(
                f"""
                ## The figures

                **{sure} of {kpis.height}** differ by more than chance would make them, at a false
                discovery rate of 5 %. The test swaps customers, not visits.
                """
            ),
            mo.ui.table(kpis.with_columns(pl.selectors.float().round(3)), selection=None),
        ]
    )
    return


@app.cell
def _(a, b, go, jl, lab, mo):
    map_differences = lab.compare(a, b, on="edges")
    picture = jl.figures.differences(map_differences, lab.nodes(), name_a=a[0], name_b=b[0])
    mo.vstack([mo.md("## The map"), go.Figure(picture)])
    return


@app.cell
def _(go, jl, lab, mo):
    mo.vstack(
        [
            mo.md(
                """
                ## And week after week

                How far each week's map lies from that of all weeks before it. Weeks of few
                transitions differ by chance alone.
                """
            ),
            go.Figure(jl.figures.drift(lab.drift())),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
