# Events of your own, without a pipeline. Open it with: marimo edit notebooks/own_frame.py
import marimo

app = marimo.App(width="full", app_title="Your own frame")


@app.cell
def _():
    import marimo as mo
    import plotly.graph_objects as go
    import polars as pl

    import journeylab as jl

    return go, jl, mo, pl


@app.cell
def _(mo, pl):
    events = pl.DataFrame(
        {
            "patient": [1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4],
            "hour": [0, 1, 30, 31, 55, 0, 2, 26, 0, 20, 21, 50, 0, 1],
            "what": [
                *("referral", "call", "scan", "call", "treated"),
                *("referral", "scan", "treated"),
                *("referral", "call", "scan", "call"),
                *("referral", "call"),
            ],
        }
    ).with_columns(at=pl.datetime(2026, 3, 2, 8) + pl.duration(hours="hour"))
    mo.vstack(
        [
            mo.md(
                """
                # Bring your own events

                A frame of *who*, *when* and *what* is enough: Polars, pandas, Arrow or a DuckDB
                relation. Here four patients of a clinic. The same SQL models run as in the nightly
                run, so a notebook and a dashboard cannot disagree.
                """
            ),
            mo.ui.table(events, selection=None, page_size=14),
        ]
    )
    return (events,)


@app.cell
def _(events, jl):
    lab = jl.from_events(
        events,
        customer_id="patient",
        occurred_at="at",
        touchpoint="what",
        goals=["treated"],
        stages={"arrive": ["referral", "call"], "look": ["scan"], "help": ["treated"]},
        waits_for_us=["call"],
        assume_complete=True,
    )
    return (lab,)


@app.cell
def _(lab, mo):
    journeys = lab.journeys().select(
        "customer_id", "outcome", "steps", "back_steps", "revisits", "time_to_goal_seconds"
    )
    mo.vstack(
        [
            mo.md(
                """
                ## Four journeys

                `assume_complete` says that the log is finished; without it the last ones would be
                open, and in no rate.
                """
            ),
            mo.ui.table(journeys, selection=None),
        ]
    )
    return


@app.cell
def _(go, jl, lab, mo):
    mo.vstack(
        [
            mo.md("## The ways they took"),
            go.Figure(jl.figures.paths(lab.paths(steps=5), touchpoints=lab.touchpoints())),
            go.Figure(jl.figures.back_and_forth(lab.edges(), lab.nodes())),
        ]
    )
    return


@app.cell
def _(lab, mo):
    mo.vstack(
        [
            mo.md("## From the referral to the treatment"),
            mo.ui.table(
                lab.funnel(["referral", "scan", "treated"]).select(
                    "step_name", "entered", "conversion_rate", "time_to_next_p50_seconds"
                ),
                selection=None,
            ),
            mo.md("Those who called right after the scan: `scan -> call`"),
            mo.ui.table(
                lab.journeys("scan -> call").select("customer_id", "outcome"), selection=None
            ),
            mo.md("Who had to call again: `waits_for_us` says that a call wants an answer"),
            mo.ui.table(
                lab.rework().select("rework", "part", "journeys", "hours_p50"), selection=None
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
