"""The dashboard: the views of the current snapshot in a browser, behind a login."""
