# Loops and bottlenecks. Open it with: marimo edit notebooks/loops_and_bottlenecks.py
import marimo

app = marimo.App(width="full", app_title="Loops and bottlenecks")


@app.cell
def _():
    import marimo as mo
    import plotly.graph_objects as go

    import journeylab as jl

    lab = jl.open("var/published/current")
    names = lab.touchpoints()
    return go, jl, lab, mo, names


@app.cell
def _(go, jl, lab, mo, names):
    loops = lab.loops()
    most = loops.row(0, named=True)
    mo.vstack(
        [
            mo.md(
                f"""
                # Where people go round

                The loop walked most is **{most["loop"]}**: {most["occurrences"]:,} times by
                {most["customers"]:,} customers, {most["seconds_spent"] / 3600:,.0f} hours in all.
                Of those that walked it {most["conversion_rate_with"]:.0%} bought; of those that
                stood at {most["entered_touchpoint"]} and did not,
                {most["conversion_rate_without"]:.0%}.
                The difference is associated, not caused.
                """
            ),
            go.Figure(jl.figures.loops(loops, touchpoints=names)),
        ]
    )
    return (most,)


@app.cell
def _(lab, mo, most):
    behind = lab.journeys_of("loops", most).select(
        "journey_id", "outcome", "steps", "revisits", "occurrences"
    )
    mo.vstack(
        [
            mo.md("The journeys behind it:"),
            mo.ui.table(behind.sort("occurrences", descending=True).head(10), selection=None),
        ]
    )
    return


@app.cell
def _(go, jl, lab, mo):
    mo.vstack(
        [
            mo.md(
                """
                # Where they wait, leave and turn

                Three faces, each in its own unit, each against comparable touchpoints: *slow* in
                hours, *leaky* in journeys, *churny* in visits. They cannot be added up.
                """
            ),
            go.Figure(jl.figures.bottlenecks(lab.bottlenecks(), lab.nodes())),
        ]
    )
    return


@app.cell
def _(go, jl, lab, mo, names):
    slowest = lab.bottlenecks().filter(face="slow").sort("rank")["touchpoint"][0]
    mo.vstack(
        [
            mo.md(
                f"""
                ## What becomes of a visit to {slowest}

                Open visits count for as long as they were watched; nobody waits for them to settle.
                """
            ),
            go.Figure(jl.figures.stay_curves(lab.stay_curves(), slowest, touchpoints=names)),
        ]
    )
    return


@app.cell
def _(go, jl, lab, mo, names):
    leakiest = lab.drop_offs().row(0, named=True)
    better = lab.what_if({leakiest["touchpoint"]: {"exit_rate": leakiest["exit_rate"] / 2}})
    mo.vstack(
        [
            mo.md(
                f"""
                ## What if half as many left {leakiest["touchpoint"]}?

                The journeys solved anew, with an interval.
                """
            ),
            go.Figure(jl.figures.what_if(better, touchpoints=names)),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
