"""``journeylab init`` and ``journeylab doctor``: starters, and what would stop a run."""

from datetime import datetime

import pytest

from journeylab.rules import load_rules
from journeylab.settings import Settings, load_settings
from journeylab.warehouse import hold
from shelf import publish_shelf

SETTINGS = """
[sources.web]
channel = "web"
format = "ga4"
path = "landing"
"""


@pytest.fixture
def ready(typed, tmp_path):
    """A folder in which a run would work: settings, rules, one file, one snapshot."""
    typed("init")
    (tmp_path / "journeylab.toml").write_text(SETTINGS)
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing/1.json").write_text("{}")
    publish_shelf(tmp_path / "var", "20260301")
    return tmp_path


def test_init_writes_starters_that_load(typed, tmp_path):
    """The settings name four sources; every rule's touchpoint is described."""
    code, out, _ = typed("init", "shop")

    assert code == 0
    assert "wrote shop/journeylab.toml" in out
    settings = load_settings(tmp_path / "shop/journeylab.toml")
    formats = {name: source.format for name, source in settings.sources.items()}
    assert formats == {
        "web": "ga4",
        "email": "webhook",
        "chat": "conversations",
        "purchase": "orders",
    }
    rules = load_rules(tmp_path / "shop/touchpoints.toml")
    assert {rule["touchpoint"] for rule in rules.rules} == set(rules.touchpoints)
    assert [name for name, told in rules.touchpoints.items() if told.get("goal")] == [
        "purchase:completed"
    ]
    assert rules.touchpoints["web:order_status"] == {
        "label": "Order status page",
        "stage_after_goal": "support",
    }


def test_the_commented_defaults_of_the_starter_are_the_defaults(typed, tmp_path):
    """Uncommented, every line loads and changes nothing but what only some need."""
    typed("init")
    file = tmp_path / "journeylab.toml"
    lines = file.read_text().splitlines()
    told = [
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line
        for line in lines
    ]
    file.write_text("\n".join(told))

    settings = load_settings(file)

    plain = Settings()
    assert settings.sessions == plain.sessions
    assert settings.journeys == plain.journeys
    assert settings.checks == plain.checks
    assert settings.schedule == plain.schedule
    assert settings.identity.model_copy(update={"phone_country_code": None}) == plain.identity
    assert settings.publish.model_copy(update={"storage_version": None}) == plain.publish
    assert settings.run.model_copy(update={"reporting_currency": None}) == plain.run
    assert settings.sources["web"].max_rejected_share == 0.2


@pytest.mark.parametrize("there", ["journeylab.toml", "touchpoints.toml"])
def test_init_never_overwrites(typed, tmp_path, there):
    """Neither file is written when one of them is there."""
    (tmp_path / there).write_text("mine")

    code, _, err = typed("init")

    assert code == 2
    assert f"{there} exists and is not overwritten" in err
    assert (tmp_path / there).read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_doctor_is_content_where_a_run_would_work(typed, ready):
    """Every line begins with ok."""
    code, out, _ = typed("doctor")

    assert code == 0
    assert {line.split()[0] for line in out.splitlines()} == {"ok"}
    assert f"source web: 1 files in {ready}/landing" in out
    assert "snapshot 20260301 opens" in out


@pytest.mark.parametrize(
    ("settings", "line", "mend"),
    [
        pytest.param("", "fail  no source is named", "[sources.<name>]", id="no source"),
        pytest.param(
            SETTINGS.replace('"landing"', '"lost"'),
            "fail  source web: no folder",
            "mkdir -p",
            id="folder",
        ),
        pytest.param(
            SETTINGS + 'timezone = "Mars/Olympus"',
            "fail  settings: sources.web.timezone: no time zone 'Mars/Olympus'",
            "got 'Mars/Olympus'",
            id="timezone",
        ),
        pytest.param(
            SETTINGS + '[run]\nmemory_limit = "much"',
            "fail  memory_limit 'much' is no size",
            '"4GB"',
            id="memory limit",
        ),
        pytest.param(
            "[sorces]", "fail  settings: unknown setting 'sorces'", "'sources'", id="typo"
        ),
    ],
)
def test_doctor_fails_where_a_run_would(typed, ready, settings, line, mend):
    """With a way to mend it, and exit code 1."""
    (ready / "journeylab.toml").write_text(settings)

    code, out, _ = typed("doctor")

    assert code == 1
    told = [text for text in out.splitlines() if text.startswith(line)]
    assert len(told) == 1
    assert mend in out.splitlines()[out.splitlines().index(told[0]) + 1]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        pytest.param(
            SETTINGS + 'pattern = "*.csv"', "warn  source web: no file in", id="nothing delivered"
        ),
        pytest.param(
            SETTINGS + '[run]\nmemory_limit = "900TB"', "warn  memory_limit 900TB of", id="memory"
        ),
        pytest.param(SETTINGS + '[paths]\ntouchpoints = "none.toml"', "warn  no /", id="no rules"),
        pytest.param(
            SETTINGS + '[paths]\nvar = "new"', "warn  nothing is published yet", id="first run"
        ),
    ],
)
def test_doctor_warns_of_what_may_be_meant(typed, ready, settings, line):
    """Exit code 3, and a run would still work."""
    (ready / "journeylab.toml").write_text(settings)

    code, out, _ = typed("doctor")

    assert code == 3
    assert line in out
    assert "fail" not in out


def test_doctor_sees_a_run_at_work(typed, ready):
    """And does not disturb it."""
    with hold(ready / "var/run.lock", started_at=datetime(2026, 3, 2, 2, 15)):
        code, out, _ = typed("doctor")

    assert code == 3
    assert "warn  another run holds the warehouse" in out


def test_doctor_sees_a_broken_snapshot(typed, ready):
    """Rollback mends it."""
    file = ready / "var/published/snapshots/20260301/journeylab.duckdb"
    file.chmod(0o644)
    file.write_bytes(b"cut")

    code, out, _ = typed("doctor")

    assert code == 1
    assert "fail  the current snapshot does not open" in out
    assert "journeylab snapshots rollback" in out


def test_doctor_fails_where_spark_has_no_java(typed, ready, monkeypatch):
    """The engine is looked at where the settings choose it, and is not started."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(ready))
    (ready / "journeylab.toml").write_text(SETTINGS + '[run]\nengine = "spark"\n')

    code, out, _ = typed("doctor")

    assert code == 1
    assert "fail  Spark needs " in out or "fail  the Spark engine needs pyspark" in out
    assert "mend: install " in out
