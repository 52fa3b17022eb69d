# Which channel deserves the credit? Open it with: marimo edit notebooks/attribution.py
import marimo

app = marimo.App(width="full", app_title="Attribution")


@app.cell
def _():
    import marimo as mo
    import plotly.graph_objects as go
    import polars as pl

    import journeylab as jl

    lab = jl.open("var/published/current")
    return go, jl, lab, mo, pl


@app.cell
def _(mo):
    by = mo.ui.dropdown(["source_group", "channel", "touchpoint"], value="source_group", label="By")
    mo.vstack(
        [
            mo.md(
                """
                # Which channel deserves the credit?

                Seven models hand out the same conversions. Where they agree you may believe them;
                where they do not, the place in the journey makes the difference. None of them
                says what a channel *caused*.
                """
            ),
            by,
        ]
    )
    return (by,)


@app.cell
def _(by, go, jl, lab, mo):
    credit = lab.attribution(by=by.value)
    mo.vstack([go.Figure(jl.figures.attribution(credit))])
    return (credit,)


@app.cell
def _(credit, mo, pl):
    shares = (
        credit.pivot("model", index="unit", values="conversion_share")
        .sort("markov", descending=True)
        .with_columns(pl.selectors.float().round(3))
    )
    mo.vstack([mo.md("## Shares of the conversions"), mo.ui.table(shares, selection=None)])
    return


@app.cell
def _(credit, mo, pl):
    markov = (
        credit.filter(model="markov")
        .filter(pl.col("removal_effect").is_not_null())
        .select("unit", "removal_effect", "conversions", "conversions_low", "conversions_high")
        .sort("removal_effect", descending=True)
    )
    mo.vstack(
        [
            mo.md(
                """
                ## What would be lost without it

                Markov's removal effect: everybody who comes there is dropped, and the chain is
                solved again, exactly. Journeys given up are in it; without them nothing could be
                lost.
                """
            ),
            mo.ui.table(markov, selection=None),
        ]
    )
    return


@app.cell
def _(by, lab, mo):
    week = lab.attribution("linear", by=by.value, look_back_days=7).select(
        "unit", "conversions", "journeys", "converted"
    )
    mo.vstack(
        [
            mo.md("## And if only the last seven days counted?"),
            mo.ui.table(week, selection=None),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
