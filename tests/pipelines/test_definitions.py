"""What Dagster loads: the same steps, checks and reads as the command line's."""

from pathlib import Path

import dagster as dg
import pytest

from journeylab.errors import SettingsError
from journeylab.pipeline import LAYERS, PROOF_CHECK, registry
from journeylab.settings import load_settings
from journeylab.warehouse import read_checks, read_models
from journeylab_pipelines.assembly import assemble
from journeylab_pipelines.checks import NO_FILE_SET_ASIDE, NO_NEW_COLUMN
from journeylab_pipelines.lineage import column_lineage, column_origins

ROOT = Path(__file__).parents[2]


def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    """Asset specs by ``layer.table``."""
    return {".".join(spec.key.path): spec for spec in definitions.resolve_all_asset_specs()}


def test_every_step_is_an_asset(shop, tmp_path):
    """Assets and registry have the same names, groups and reads, in any number of sources."""
    settings = shop(tmp_path)

    assets = specs(assemble(settings))

    steps = {step.name: step for step in registry(settings)}
    assert assets.keys() == steps.keys()
    assert {name: spec.group_name for name, spec in assets.items()} == {
        name: step.layer for name, step in steps.items()
    }
    assert {
        name: {".".join(dep.asset_key.path) for dep in spec.deps} for name, spec in assets.items()
    } == {
        name: {read for read in step.reads if not read.startswith("ops.")}
        for name, step in steps.items()
    }


def test_an_asset_says_what_its_header_says(shop, tmp_path):
    """About and grain, columns with type and text, the kinds, and the version of the file."""
    asset = specs(assemble(shop(tmp_path)))["core.sessions"]

    model = read_models("core")["core.sessions"]
    assert asset.description == f"{model.about}\n\nGrain: one row per session."
    assert asset.kinds == {"sql", "duckdb"}
    assert len(asset.code_version or "") == 12
    columns = asset.metadata["dagster/column_schema"].columns
    assert [(c.name, c.type, c.description) for c in columns] == [
        (c.name, c.type, c.text) for c in model.columns
    ]


def test_intake_has_one_asset_a_source(shop, tmp_path):
    """Each of the four channels comes in by its own asset, which shows the delivered columns."""
    assets = specs(assemble(shop(tmp_path)))

    intake = {name: spec for name, spec in assets.items() if spec.group_name == "intake"}
    assert sorted(intake) == ["intake.chat", "intake.email", "intake.purchase", "intake.web"]
    columns = intake["intake.purchase"].metadata["dagster/column_schema"].columns
    assert "order_number" in [column.name for column in columns]


def test_the_checks_are_those_of_the_models(shop, tmp_path):
    """Row checks and table checks by name; those of severity error block, warnings do not."""
    settings = shop(tmp_path)
    made = {
        (".".join(spec.asset_key.path), spec.name): spec.blocking
        for asset in assemble(settings).assets or []
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.check_specs
    }

    steps = {step.name: step for step in registry(settings)}
    wanted = {
        (f"intake.{name}", check): False
        for name in settings.sources
        for check in (NO_FILE_SET_ASIDE, NO_NEW_COLUMN)
    }
    for name, step in steps.items():
        for number, check in enumerate(step.model.checks if step.model else (), start=1):
            wanted[name, f"{name.split('.')[1]}_{number}"] = check.severity == "error"
    for check in read_checks():
        wanted[check.on, check.name] = check.severity == "error"
    wanted["proof.sampled_customers", PROOF_CHECK] = True
    assert made == wanted
    assert made["staging.row_counts", "row_counts_1"] is True
    assert made["staging.row_counts", "duplicate_share"] is False


def test_the_shipped_settings_make_definitions_dagster_accepts(monkeypatch):
    """The sample's settings in the root folder; every reference between definitions holds."""
    monkeypatch.delenv("JOURNEYLAB_CONFIG", raising=False)
    monkeypatch.chdir(ROOT)
    from journeylab_pipelines.definitions import defs

    dg.Definitions.validate_loadable(defs)

    assert defs.resolve_job_def("nightly").executor_def.name == "in_process"
    assert "intake.web" in specs(defs)
    assert (
        load_settings().schedule.cron == defs.resolve_schedule_def("nightly_schedule").cron_schedule
    )


def test_definitions_load_without_any_file(shop, tmp_path):
    """Landing folders may be empty or not there yet."""
    sources = {"shop": {"channel": "web", "format": "ga4", "path": "nowhere"}}

    definitions = assemble(shop(tmp_path, sources=sources))

    dg.Definitions.validate_loadable(definitions)
    assert "intake.shop" in specs(definitions)


def test_a_source_that_dagster_could_not_name_is_refused_by_the_settings(shop, tmp_path):
    """Dagster's names are ASCII; the settings say so before Dagster does."""
    web = {"channel": "web", "format": "ga4", "path": "nowhere"}

    with pytest.raises(SettingsError, match="source 'läden': write a to z"):
        shop(tmp_path, sources={"läden": web})


def test_schedule_and_freshness_come_from_the_settings(shop, tmp_path):
    """The cron line in the reporting zone; a snapshot older than wanted is marked."""
    sections = {
        "run": {"reporting_timezone": "Europe/Berlin"},
        "schedule": {"cron": "5 4 * * *", "fresh_within_hours": 26},
    }

    definitions = assemble(shop(tmp_path, **sections))

    schedule = definitions.resolve_schedule_def("nightly_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("5 4 * * *", "Europe/Berlin")
    policy = specs(definitions)["publish.snapshot"].freshness_policy
    assert policy is not None
    assert policy.fail_window.to_timedelta().total_seconds() == 26 * 3600  # type: ignore[attr-defined]


def test_most_models_have_column_lineage():
    """Sqlglot follows all models but three; the names of common table expressions are left out."""
    models = {
        name: model for layer in LAYERS for name, model in read_models(layer).items() if model.query
    }

    origins = {name: column_origins(model) for name, model in models.items()}

    without = sorted(name for name, found in origins.items() if not found)
    assert without == ["core.erasures", "staging.refused_rows", "staging.rows"]
    assert len(origins) - len(without) > 90
    assert origins["core.sessions"]["entry_touchpoint_key"] == (
        ("core.actions", "event_number"),
        ("core.actions", "touchpoint_key"),
    )
    read = {
        (name, table)
        for name, found in origins.items()
        for pairs in found.values()
        for table, _ in pairs
    }
    assert {(name, table) for name, table in read if table not in models[name].reads} == set()


def test_lineage_of_a_staged_table_leads_to_the_intake_of_its_sources():
    """A raw table is no asset; the intakes that fill it stand for it."""
    model = read_models("staging")["staging.purchase_orders"]

    lineage = column_lineage(model, {"shop": model, "outlet": model})

    assert lineage is not None
    found = {dep.asset_key.path[1] for deps in lineage.deps_by_column.values() for dep in deps}
    assert {"outlet", "shop"} <= found
