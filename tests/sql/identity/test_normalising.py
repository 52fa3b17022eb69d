"""How identifiers are normalised, and which are refused."""

import pytest


@pytest.mark.parametrize(
    ("kind", "delivered", "value"),
    [
        pytest.param("email", "  Ana@Shop.IO\n", "ana@shop.io", id="e-mail trimmed, lower case"),
        pytest.param("email", "ÄNA@shop.io", "äna@shop.io", id="letters beyond ASCII"),
        pytest.param("email", "ana+news@shop.io", "ana+news@shop.io", id="plus tag kept"),
        pytest.param("user_id", "\u00a0\tU-7\u200b\x00", "U-7", id="odd white space, NUL"),
        pytest.param("user_id", "Ana", "Ana", id="other kinds keep their case"),
        pytest.param("phone", "+49 (0)30 / 123-45", "+493012345", id="trunk zero in brackets"),
        pytest.param("phone", "0049 30 12345", "+493012345", id="00 is +"),
        pytest.param("phone", "030 12345", "03012345", id="no country known"),
        pytest.param("loyalty", " x'\"; drop ", "x'\"; drop", id="quotes are text"),
    ],
)
def test_values_are_normalised(people, kind, delivered, value):
    """Trimmed always; e-mail in lower case; phone to E.164 as far as it says its country."""
    people.given((0, {kind: delivered}))

    people.resolve(until="identifiers")

    assert people.rows("identifiers", "kind", "value") == [(kind, value)]


@pytest.mark.parametrize(
    ("country", "delivered", "value"),
    [
        pytest.param("49", "030 12345", "+493012345", id="trunk zero dropped"),
        pytest.param("+49", "030 12345", "+493012345", id="code with plus"),
        pytest.param("1", "(555) 010-9999", "+15550109999", id="ten digits"),
        pytest.param("1", "1-555-010-9999", "+15550109999", id="eleven digits, the 1 dialled"),
        pytest.param("49", "+44 20 7946 0000", "+442079460000", id="own country wins"),
    ],
)
def test_a_default_country_completes_phones(people, country, delivered, value):
    """With phone_country_code a national number becomes an international one."""
    people.given((0, {"phone": delivered}))

    people.resolve(until="identifiers", phone_country_code=country)

    assert people.rows("identifiers", "value") == [(value,)]


def test_plus_tags_go_when_asked(people):
    """remove_plus_tags makes ana+news@ and ana@ one identifier."""
    people.given((0, {"email": "ana+news@shop.io"}), (1, {"email": "Ana@shop.io"}))

    people.resolve(remove_plus_tags=True)

    assert people.groups() == [["ana@shop.io"]]


@pytest.mark.parametrize(
    ("kind", "delivered", "code"),
    [
        pytest.param("user_id", "", "empty", id="empty"),
        pytest.param("user_id", None, "empty", id="null"),
        pytest.param("user_id", " \u00a0\t", "empty", id="white space"),
        pytest.param("phone", "n/a", "empty", id="a phone without a digit"),
        pytest.param("user_id", "NULL", "placeholder", id="the word null"),
        pytest.param("user_id", " undefined", "placeholder", id="the word undefined"),
        pytest.param("user_id", "Anonymous", "placeholder", id="the word anonymous"),
        pytest.param("user_id", "0", "placeholder", id="zero"),
        pytest.param(
            "anonymous_id", "00000000-0000-0000-0000-000000000000", "placeholder", id="zero UUID"
        ),
        pytest.param("anonymous_id", "0" * 32, "placeholder", id="zero UUID without dashes"),
        pytest.param("user_id", "N/A", "junk_value", id="configured"),
        pytest.param("email", "ana@example.com", "test_domain", id="test domain"),
        pytest.param("email", "ana@mail.Example.com", "test_domain", id="below a test domain"),
        pytest.param("email", "INFO@shop.io", "role_mailbox", id="role mailbox"),
        pytest.param("email", "info+de@shop.io", "role_mailbox", id="role mailbox with a tag"),
        pytest.param(None, "x", "no_kind", id="no kind"),
    ],
)
def test_junk_is_refused_with_its_reason(people, kind, delivered, code):
    """A refused identifier is listed, and is no accepted one."""
    people.given((0, [(kind, delivered)]))

    people.resolve(until="identifiers", junk_values=["n/a"])

    assert people.rows("refused_identifiers", "reason_code", "mentions") == [(code, 1)]
    assert people.rows("identifiers", "value") == []


@pytest.mark.parametrize(
    ("kind", "delivered"),
    [
        pytest.param("email", "ana@notexample.com", id="another domain with the same end"),
        pytest.param("email", "ana.info@shop.io", id="a person with the word in the name"),
        pytest.param("user_id", "00", id="two zeros"),
        pytest.param("user_id", "info@shop.io", id="mailboxes are tested in e-mails only"),
    ],
)
def test_what_only_looks_like_junk_is_accepted(people, kind, delivered):
    """The tests for junk take whole values, domains and mailboxes."""
    people.given((0, {kind: delivered}))

    people.resolve(until="identifiers")

    assert people.rows("identifiers", "value") == [(delivered,)]


def test_junk_joins_nobody(people):
    """Two devices that both say user_id 'null' stay two customers."""
    people.given(
        (0, {"anonymous_id": "d1", "user_id": "null"}),
        (1, {"anonymous_id": "d2", "user_id": "null"}),
    )

    people.resolve()

    assert people.groups() == [["d1"], ["d2"]]
    assert people.owners() == ["d1", "d2"]


def test_a_degree_over_the_limit_is_refused(people):
    """With max_degree 3 an identifier seen with three others holds, with four it goes."""
    people.given(
        *[(i, {"email": "desk@shop.io", "user_id": f"u{i}"}) for i in range(4)],
        *[(i, {"email": "home@shop.io", "anonymous_id": f"d{i}"}) for i in range(3)],
    )

    people.resolve(max_degree=3)

    assert people.rows("refused_identifiers", "value", "reason_code", "degree", "reason") == [
        (
            "desk@shop.io",
            "over_max_degree",
            4,
            "it was seen with 4 others; the setting max_degree allows 3",
        )
    ]
    assert ["home@shop.io", "d0", "d1", "d2"] in people.groups()


def test_a_crowded_event_makes_no_pairs(people):
    """An event with 2,000 identifiers refuses them all without joining two million pairs."""
    people.given((0, [("anonymous_id", f"d{i}") for i in range(2_000)]), (1, {"user_id": "ana"}))

    people.resolve()

    assert people.groups() == [["ana"]]
    assert people.rows("refused_identifiers", "count(*)", "min(degree)") == [(2000, 1999)]
    assert people.rows("pairs", "count(*)") == [(0,)]


def test_the_same_value_in_two_kinds_is_two_identifiers(people):
    """user_id 7 and loyalty 7 have nothing to do with each other."""
    people.given((0, {"user_id": "7"}), (1, {"loyalty": "7"}))

    people.resolve()

    assert people.rows("customers", "identifiers") == [(1,), (1,)]
    assert people.rows("identifiers", "kind", "kind_rank") == [("loyalty", 5), ("user_id", 1)]


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("o'neil\"; drop table x; --", id="quotes"),
        pytest.param("line\nbreak\r\nand\ttab", id="line breaks inside"),
        pytest.param("x" * 100_000, id="100,000 characters"),
        pytest.param("ǅ ﬀ ẞ 🙂 e\u0301", id="odd letters"),
        pytest.param("a:b", id="colon"),
        pytest.param("$max_degree", id="a parameter's name"),
    ],
)
def test_hostile_values_are_values(people, hostile):
    """Whatever stands in a value, it names one customer on every event that carries it."""
    people.given((0, {"user_id": hostile}), (1, {"user_id": hostile, "email": "ana@shop.io"}))

    people.resolve()

    assert people.groups() == [[hostile, "ana@shop.io"]]
    assert people.owners() == [hostile, hostile]
