# A tour of a published snapshot. Open it with: marimo edit notebooks/tour.py (after `make demo`).
import marimo

app = marimo.App(width="full", app_title="A tour")


@app.cell
def _():
    import marimo as mo
    import plotly.graph_objects as go

    import journeylab as jl

    lab = jl.open("var/published/current")
    return go, jl, lab, mo


@app.cell
def _(lab, mo):
    told = lab.headline().row(0, named=True)
    mo.md(
        f"""
        # What customers really do

        **{told["journeys"]:,} journeys** of {told["customers"]:,} customers. Of the
        {told["journeys_settled"]:,} that are settled, old enough that nothing can change any more,
        **{told["converted_rate"]:.0%}** reached the goal
        ({told["converted_rate_low"]:.0%} to {told["converted_rate_high"]:.0%}) and
        **{told["returned_rate"]:.0%}** went back at least once.
        {told["open"]:,} are still on the way and in no rate.
        """
    )
    return


@app.cell
def _(go, jl, lab, mo):
    paths = lab.paths(steps=5, top=6)
    sankey = go.Figure(jl.figures.paths(paths, touchpoints=lab.touchpoints()))
    mo.vstack(
        [
            mo.md(
                """
                ## Step by step

                Each column is a step, each band a move. Orange goes back to a touchpoint seen
                before. All columns hold the same number of journeys: what is not named is
                `(other)`, what has ended stays where it ended.
                """
            ),
            sankey,
        ]
    )
    return


@app.cell
def _(go, jl, lab, mo):
    edges, nodes = lab.edges(), lab.nodes()
    mo.vstack(
        [
            mo.md("## Back and forth\n\nOnward at the right, back at the left."),
            go.Figure(jl.figures.back_and_forth(edges, nodes)),
        ]
    )
    return


@app.cell
def _(go, jl, lab, mo):
    mo.vstack(
        [
            mo.md("## Where journeys end without a goal"),
            go.Figure(jl.figures.drop_offs(lab.drop_offs())),
        ]
    )
    return


@app.cell
def _(lab, mo):
    opportunities = lab.opportunities().select("rank", "sentence", "conversions", "effort")
    mo.vstack(
        [
            mo.md("## What to mend first\n\nOnly what is sure enough to be told."),
            mo.ui.table(opportunities, selection=None, wrapped_columns=["sentence"]),
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
    mo.vstack(
        [
            mo.md(
                """
                ## Ask anything

                Every figure leads to its journeys, and every table to SQL: here the longest
                waits before a chat.
                """
            ),
            mo.ui.table(slow_chats, selection=None),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
