"""Typed settings: journeylab.toml and the environment -> one frozen object. Reads no data."""

from journeylab.settings.loading import checked_dashboard, load_settings, parse_settings
from journeylab.settings.sections import Identity, Paths, Source, Spark
from journeylab.settings.serving import Dashboard, Report
from journeylab.settings.whole import Settings

__all__ = [
    "Dashboard",
    "Identity",
    "Paths",
    "Report",
    "Settings",
    "Source",
    "Spark",
    "checked_dashboard",
    "load_settings",
    "parse_settings",
]
