"""The pages around signing in: plain HTML with a form, no script, light and dark."""

from html import escape
from string import Template
from typing import Final

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
$more
<title>$heading – $title</title>
<style>
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --line: #5b6470;
  --button: #0060a0; --fault: #a3001b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --paper: #1a1f26; --line: #aab3bf; --button: #0060a0; --fault: #ff9aa8; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; color: var(--ink);
  background: var(--paper); font: 16px/1.5 Inter, system-ui, "DejaVu Sans", sans-serif; }
main { width: min(22rem, calc(100vw - 3rem)); }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
label { display: block; margin: 1rem 0 .25rem; }
input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem .75rem;
  border: 1px solid var(--line); border-radius: 6px; color: inherit; background: var(--paper); }
button { margin-top: 1.5rem; color: #fff; background: var(--button); border-color: var(--button);
  cursor: pointer; }
:focus-visible { outline: 3px solid #e69f00; outline-offset: 2px; }
.fault { color: var(--fault); font-weight: 600; }
a { color: inherit; }
</style>
</head>
<body><main><h1>$heading</h1>$body</main></body>
</html>
""")

_FORM: Final = Template("""$fault
<form method="post" action="login">
<input type="hidden" name="proof" value="$proof">
<input type="hidden" name="next" value="$target">
<label for="name">Name</label>
<input id="name" name="name" value="$name" autocomplete="username" autocapitalize="none"
  spellcheck="false" maxlength="100" required autofocus$described>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>""")


def login_page(title: str, *, proof: str, target: str, name: str, fault: str) -> str:
    """The form to sign in.

    Args:
        title: of the dashboard.
        proof: hidden, comes back with the form.
        target: path to go to afterwards.
        name: already typed.
        fault: what was wrong with the last try; '' for the first.
    """
    told = f'<p class="fault" role="alert" id="fault">{escape(fault)}</p>' if fault else ""
    body = _FORM.substitute(
        fault=told,
        proof=escape(proof),
        target=escape(target),
        name=escape(name),
        described=' aria-describedby="fault"' if fault else "",
    )
    return _page(title, f"Sign in to {title}", body)


def logout_page(title: str, base_path: str) -> str:
    """The question before signing out, so that no link of another page does it."""
    body = (
        '<form method="post" action="logout"><button type="submit">Sign out</button></form>'
        f'<p><a href="{escape(base_path)}">Back to the figures</a></p>'
    )
    return _page(title, "Sign out?", body)


def bounce_page(here: str) -> str:
    """A page that asks for the same path again, now as one of our own pages."""
    address = escape(here)
    more = f'<meta http-equiv="refresh" content="0;url={address}">'
    body = f'<p><a href="{address}">Go on</a></p>'
    return _page("journeylab", "One moment", body, more)


def _page(title: str, heading: str, body: str, more: str = "") -> str:
    return _PAGE.substitute(title=escape(title), heading=escape(heading), body=body, more=more)
