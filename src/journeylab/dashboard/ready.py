"""Parts of a page that people ask for again: made once, kept as the text a browser reads.

A callback gives a sign for such a part, and what leaves the server has the text in its place:
to make the components and their JSON anew takes longer than all else of an answer that is kept.
"""

import secrets
from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Response, g
from plotly.io.json import to_json_plotly

from journeylab.dashboard.answers import Answer

#: Nobody outside this process can write it, so no text of a snapshot or a URL is taken for one.
_SIGN: Final = secrets.token_hex(16)


def kept(answer: Answer, name: str, make: Callable[[], Any]) -> str:
    """A sign for a part of an answer, within a request.

    Args:
        answer: kept as long as its parts.
        name: of the part; the same parts of an answer have the same name.
        make: makes its components, where nobody has asked for it yet.
    """
    text = answer.parts.get(name)
    if text is None:
        text = answer.parts[name] = to_json_plotly(make()).encode()
    signs: dict[str, bytes] = g.setdefault("ready", {})
    sign = f"{_SIGN}-{len(signs)}"
    signs[sign] = text
    return sign


def made(_: Answer, __: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - components
    """The components themselves, where no answer leaves the server."""
    return make()


def register(server: Flask) -> None:
    """Let answers of a server hold the texts that their signs stand for."""
    server.after_request(_filled)


def _filled(response: Response) -> Response:
    signs: dict[str, bytes] = g.pop("ready", {})
    if signs:
        data = response.get_data()
        for sign, text in signs.items():
            data = data.replace(f'"{sign}"'.encode(), text, 1)
        response.set_data(data)
    return response
