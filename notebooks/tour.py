# A tour of a published snapshot. Open it with: marimo edit notebooks/tour.py (after `make demo`).
import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    import plotly.graph_objects as go

    import journeylab as jl

    lab = jl.open("var/published/current")
    return go, jl, lab, mo


@app.cell
def _(lab, mo):
    mo.vstack([mo.md("# What the numbers say"), mo.ui.table(lab.kpis())])
    return


@app.cell
def _(go, jl, lab, mo):
    paths = lab.paths(steps=5, top=6)
    sankey = go.Figure(jl.figures.paths(paths, touchpoints=lab.touchpoints()))
    mo.vstack([mo.md("# What people did"), sankey])
    return


@app.cell
def _(lab, mo):
    mo.vstack(
        [
            mo.md("# Where they go round, wait and leave"),
            mo.ui.table(lab.loops().head(10)),
            mo.ui.table(lab.bottlenecks().head(10)),
            mo.ui.table(lab.drop_offs().head(10)),
        ]
    )
    return


@app.cell
def _(lab, mo):
    slow_chats = lab.sql(
        """
        select journey_id, touchpoint, wait_seconds / 3600 as wait_hours
        from steps
        where touchpoint = 'chat:started' and part = 'before'
        order by wait_hours desc nulls last, journey_id
        limit 10
        """
    )
    mo.vstack([mo.md("# Ask anything"), mo.ui.table(slow_chats)])
    return


if __name__ == "__main__":
    app.run()
