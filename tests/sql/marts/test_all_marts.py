"""What holds for every mart: nothing breaks on no data or odd names, and no raw value gets out."""

from datetime import datetime

from journeylab.warehouse import read_models

DAY = 24 * 60
MARTS = tuple(read_models("marts"))

#: What the settings name is there before any event: touchpoints, stages, the list of KPIs, the
#: rule of the clock, and a row that says there is no structure.
STANDING = {
    "marts.archetype_quality": 1,
    "marts.clock": 1,
    "marts.kpis": 31,
    "marts.stage_kpis": 4,
    "marts.stages": 4,
    "marts.touchpoints": 12,
}


def rows_by_mart(lake):
    return {name: lake.rows(name, "count(*)")[0][0] for name in MARTS}


def test_an_empty_night_builds_every_mart(lake):
    """No event: empty tables, KPIs without a value, no failed check."""
    results = lake.build(*MARTS)

    assert [result for result in results if not result.passed] == []
    assert {name: rows for name, rows in rows_by_mart(lake).items() if rows} == STANDING
    assert lake.rows("marts.kpis where value is not null and value != 0", "kpi") == []


def test_only_context_builds_every_mart(lake):
    """Mails delivered to two people make events and customers, but no session and no journey."""
    lake.given(ana=[(0, "email:delivered")], bea=[(5, "email:delivered")])

    results = lake.build(*MARTS)

    assert [result for result in results if not result.passed] == []
    rows = {name: rows for name, rows in rows_by_mart(lake).items() if rows}
    periods = {"marts.kpis_daily": 5, "marts.kpis_weekly": 5, "marts.campaigns": 1}
    assert rows == {**STANDING, **periods, "marts.events": 2, "marts.customers": 2}


def test_hostile_touchpoint_names_stay_data(lake):
    """Quotes, arrows, brackets, HTML and SQL in names; two loops that read alike stay two."""
    odd = ["web:a'b\"c", "<b>bold</b>", "(odd)", "x'); drop table y; --", "ünï 🛒"]
    lake.touchpoints = {"paid": {"goal": True}}
    values = {"channel": "web"}
    lake.given(
        ana=[*((n, name, values) for n, name in enumerate([*odd, *odd])), (20, "paid", values)],
        bea=[(n, name, values) for n, name in enumerate(["a -> b", "c", "a -> b"])],
        cat=[(n, name, values) for n, name in enumerate(["a", "b", "c", "a"])],
    )

    results = lake.build(*MARTS, assume_complete=True)

    assert [result for result in results if not result.passed] == []
    assert lake.rows("marts.loops where length < 5 order by length", "loop", "touchpoints") == [
        ("a -> b -> c", ["a -> b", "c"]),
        ("a -> b -> c", ["a", "b", "c"]),
    ]
    found = {name for (name,) in lake.rows("marts.graph_nodes", "node")}
    assert found >= set(odd)


def test_no_mart_holds_a_raw_identifier(lake):
    """Identifiers in their columns, in URLs, in properties, in refused rows and in reasons."""
    lake.given(
        ana=[
            (
                0,
                "web:home",
                {
                    "identifiers": [
                        {"kind": "email", "value": "ana@mail.test"},
                        {"kind": "phone", "value": "+4915112345678"},
                    ],
                    "url": "https://shop.test/ana@mail.test?phone=+4915112345678",
                    "referrer": "mailto:ana@mail.test",
                    "properties": '{"plan": "pro", "to": "ana@mail.test"}',
                },
            )
        ]
    )
    lake.warehouse.execute(
        "insert into staging.rejected_events values (1, 'lake', 'day.csv', 3, 'bad_time',"
        " 'stamp ''ana@mail.test'' is no time', 'ana@mail.test,+4915112345678')"
    )
    lake.warehouse.execute(
        "insert into ops.deliveries (source, file_name, sha256, state, reason_code, reason,"
        " loaded_at) values ('lake', 'day.csv', 'ff', 'set_aside', 'too_many_rejected',"
        " 'like record 3: ana@mail.test', $loaded_at)",
        {"loaded_at": datetime(2026, 1, 2)},
    )
    lake.warehouse.execute(
        "insert into identity.conflicts (left_key, right_key, left_kind, left_value,"
        " left_identifier_hash, right_kind, right_value, right_identifier_hash, reason)"
        " values (0, 1, 'email', 'ana@mail.test', 'aa', 'phone', '+4915112345678', 'bb', 'x')"
    )

    lake.build(*MARTS, allowed_properties=["plan"])

    leaks = {
        f"{name}.{column}"
        for name in MARTS
        for column in lake.warehouse.columns(name)
        for (text,) in lake.rows(name, f'"{column}"::varchar')
        if text is not None and ("mail.test" in text or "15112345678" in text)
    }
    assert leaks == set()
    assert lake.rows("marts.rejected_summary", "reason_code", "rejected_rows", "example_file") == [
        ("bad_time", 1, "day.csv")
    ]


def test_no_mart_publishes_an_internal_key():
    """Integer keys are dense codes of one run; readers get names."""
    keys = {
        f"{name}.{column.name}"
        for name, model in read_models("marts").items()
        for column in model.columns
        if column.name.endswith(("_key", "_keys"))
    }

    assert keys == set()


def test_every_column_of_every_mart_says_what_it_means():
    """The texts become the data dictionary: a sentence each, every mart with a key."""
    for name, model in read_models("marts").items():
        assert model.key, name
        assert model.about.endswith("."), name
        assert [c.name for c in model.columns if not c.text.endswith(".")] == [], name
