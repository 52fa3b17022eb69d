"""Dagster definitions of the journeylab pipeline."""
