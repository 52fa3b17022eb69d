"""Reading identity_rules.csv."""

import pytest

from journeylab.errors import SettingsError
from journeylab.identity import hash_pads, keyed_hash, rule_table

HEADER = "rule,kind_a,value_a,kind_b,value_b\n"


def written(folder, text):
    path = folder / "identity_rules.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_no_file_is_no_rule(tmp_path):
    """The file is optional."""
    found = rule_table(tmp_path / "identity_rules.csv")

    assert found.columns == ["rule", "kind_a", "value_a", "kind_b", "value_b"]
    assert found.height == 0


def test_rules_are_read(tmp_path):
    """Columns in any order, a byte order mark, blank lines, quoted values, repeated rules."""
    text = (
        "\ufeffvalue_a,rule,kind_a,kind_b,value_b\n"
        '"o\'neil, ana",Always,user_id,email,Ana@shop.io\n'
        "\n"
        "d1,never,anonymous_id,anonymous_id,d2\n"
        "d1,never,anonymous_id,anonymous_id,d2\n"
    )

    assert rule_table(written(tmp_path, text)).rows() == [
        ("always", "user_id", "o'neil, ana", "email", "Ana@shop.io"),
        ("never", "anonymous_id", "d1", "anonymous_id", "d2"),
    ]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        pytest.param("rule,kind_a,value_a\n", "no column kind_b, value_b", id="columns"),
        pytest.param(HEADER + "join,a,1,b,2\n", "no rule 'join'", id="rule"),
        pytest.param(HEADER + "nevr,a,1,b,2\n", "did you mean 'never'", id="typo"),
        pytest.param(HEADER + "never,a,1,b\n", "no value for value_b", id="short line"),
        pytest.param(HEADER + "never,a, ,b,2\n", "record 2", id="blank value, place named"),
        pytest.param(HEADER + 'never,a,"1,b,2\n', "not CSV", id="open quote"),
        pytest.param(HEADER.encode() + b"never,a,\xff,b,2\n", "not UTF-8", id="encoding"),
    ],
)
def test_bad_rules_are_refused(tmp_path, text, phrase):
    """The error names the file, the record and what to do."""
    path = written(tmp_path, text)

    with pytest.raises(SettingsError) as caught:
        rule_table(path)

    assert phrase in str(caught.value)
    assert str(path) in str(caught.value)


def test_the_keyed_hash():
    """A known HMAC-SHA-256, cut to 32 digits."""
    assert keyed_hash(b"key", "email", "ana@shop.io") == "93a6413d2dfdf31791fa8e5f11eb3ee7"


@pytest.mark.parametrize("length", [0, 1, 64, 65, 200])
def test_pads_have_one_block(length):
    """Keys of any length give two different blocks of 64 bytes."""
    pads = hash_pads(b"k" * length)

    assert [len(pad) for pad in pads.values()] == [64, 64]
    assert pads["hash_inner_pad"] != pads["hash_outer_pad"]
