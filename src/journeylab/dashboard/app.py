"""The dashboard as a Dash app: one page over the published snapshots."""

from pathlib import Path

from dash import Dash
from dash_mantine_components import MantineProvider

from journeylab.dashboard import callbacks, drilling, layout, ready, taking, unfolding
from journeylab.dashboard.answers import Answers
from journeylab.views.locales import LOCALES


def create_app(
    published: Path,
    *,
    base_path: str = "/",
    title: str = "journeylab",
    poll_seconds: float = 20,
    k_floor: int | None = None,
    locale: str = "en",
) -> Dash:
    """Make the app; nothing it serves comes from another host.

    Args:
        published: folder of the snapshots and of the link ``current``; it may be empty yet.
        base_path: path under which the app is served, with a slash at both ends.
        title: heading of the page.
        poll_seconds: how often a page asks whether there is a newer snapshot.
        k_floor: least customers of a row of paths; None for none.
        locale: of ``views.locales``, in whose way numbers and days are written.

    Returns:
        The app. ``app.server.extensions["journeylab"]`` holds its ``Answers``. The role of who
        asks is ``flask.g.role``: ``viewer`` never gets single journeys, others do.
    """
    app = Dash(
        "journeylab.dashboard",
        title=title,
        update_title=None,  # type: ignore[arg-type]  # None keeps the title, as Dash documents
        serve_locally=True,
        compress=False,
        suppress_callback_exceptions=True,
        requests_pathname_prefix=base_path,
        routes_pathname_prefix=base_path,
        assets_folder=str(Path(__file__).parent / "assets"),
        index_string=layout.index(LOCALES[locale], base_path),
    )
    answers = Answers(published, k_floor=k_floor, locale=LOCALES[locale])

    def frame() -> MantineProvider:
        answers.notice()  # the page that gets its frame asks for figures next
        return layout.page(title, poll_seconds=poll_seconds)

    app.layout = frame
    callbacks.register(app, answers)
    drilling.register(app, answers)
    taking.register(app, answers)
    unfolding.register(app, answers)
    ready.register(app.server)
    app.server.extensions["journeylab"] = answers
    answers.warm()
    return app
