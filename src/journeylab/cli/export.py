"""``journeylab export``: what a snapshot holds as files for other programs."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from journeylab.lab import open as open_lab
from journeylab.lab.graph_files import GraphForm, write_graph
from journeylab.privacy import floored_graph, write_aggregates
from journeylab.settings import load_settings
from journeylab.warehouse import show

export = App(
    name="export",
    help="Write what a snapshot holds to files for other programs.",
    help_epilogue="Example: journeylab export graph --format gexf --output journeys.gexf",
    help_format="plaintext",
)


@export.command
def graph(
    *,
    output: Path,
    form: Annotated[GraphForm, Parameter(name="--format")] = "graphml",
    part: Literal["before", "after"] = "before",
    where: str | None = None,
    snapshot: str | None = None,
    config: Path | None = None,
) -> None:
    """Write the transition graph with all its figures, for Gephi, Cytoscape or NetworkX.

    Edges of fewer customers than privacy.k_floor of the settings are merged into '(other)'.

    Args:
        output: File to write; an older one is replaced.
        form: graphml (Gephi, Cytoscape, yEd), gexf (Gephi) or node-link (JSON).
        part: Up to the goal, or after it.
        where: Condition on columns of journeys, for example "entry_channel = 'email'".
        snapshot: Take this run's snapshot instead of the current one.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    settings = load_settings(config)
    published, floor = settings.paths.published, settings.privacy.k_floor
    place = show(published, snapshot).folder if snapshot else published
    with open_lab(place) as lab:
        found = lab.graph(part, where=where)
    found, hidden = floored_graph(found, k=floor) if floor else (found, 0)
    write_graph(found, output, form=form)
    told = f"; {hidden:,} edges of fewer than {floor} customers merged" if floor else ""
    print(f"{len(found):,} nodes and {found.number_of_edges():,} edges written to {output}{told}")


@export.command
def aggregates(*, output: Path, snapshot: str | None = None, config: Path | None = None) -> None:
    """Write a DuckDB file with the aggregates alone, to hand out: no row tells of one customer.

    The floor privacy.k_floor of the settings is laid over the tables of paths.

    Args:
        output: File to write; it must not exist.
        snapshot: Take this run's snapshot instead of the current one.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    settings = load_settings(config)
    write_aggregates(
        show(settings.paths.published, snapshot), output, k_floor=settings.privacy.k_floor
    )
    floor = settings.privacy.k_floor
    told = f"paths of fewer than {floor} customers hidden" if floor else "k_floor: none"
    print(f"aggregates written to {output}; {told}")
