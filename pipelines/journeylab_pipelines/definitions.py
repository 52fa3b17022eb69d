"""The code location that Dagster loads: the settings at hand -> its definitions."""

from journeylab.settings import load_settings
from journeylab_pipelines.assembly import assemble

defs = assemble(load_settings())
