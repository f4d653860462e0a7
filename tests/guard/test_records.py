"""Records as canonical JSON: of the standard, in one Unicode form, refused wherever two readings exist."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import BadOption
from steelyard.guard.canonical import file_record, json_record, new_secret, record_salt

pytest.importorskip("rfc8785")

HASH = "ab" * 32
TEXTS = st.text('ab\u00e9\u20ac\U0001f600\0"', max_size=4)
KEYS = st.text("abz\U0001f600\uffff", max_size=2)  # which UTF-16 and code points sort differently
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.text("abc", max_size=2), PLAIN, max_size=3)


def utf16(text):
    return text.encode("utf-16-be")


def typed(value):
    """A value that tells True from 1."""
    if isinstance(value, dict):
        return "mapping", sorted((key, typed(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return "list", [typed(item) for item in value]
    return type(value).__name__, value


@given(RECORDS)
def test_it_is_json_with_keys_in_the_standards_order(record):
    written = json_record(record)
    orders = []

    def kept(pairs):
        orders.append([key for key, _ in pairs])
        return dict(pairs)

    read = json.loads(written, object_pairs_hook=kept)
    assert all(keys == sorted(keys, key=utf16) for keys in orders)
    assert repr(typed(read)) == repr(typed(record))


@given(RECORDS, RECORDS)
def test_two_records_share_bytes_only_when_they_are_equal(one, two):
    assert (json_record(one) == json_record(two)) == (repr(typed(one)) == repr(typed(two)))


def test_an_accent_has_one_form():
    assert json_record({"e\u0301": "e\u0301"}) == json_record({"\u00e9": "\u00e9"}) == '{"é":"é"}'.encode()


def deep(n):
    return {"a": deep(n - 1)} if n else 1


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ([1], "mapping.*'list'"),
        (None, "mapping"),
        ({1: 2}, "keys at record.*1"),
        ({"a": 1.0}, "record.a.*'float'.*text"),
        ({"a": float("nan")}, "'float'"),
        ({"a": [1, {"b": b"x"}]}, r"record\.a\[1\]\.b.*'bytes'"),
        ({"a": datetime.date(2020, 1, 1)}, "'date'"),
        ({"a": {1, 2}}, "'set'"),
        ({"a": 2**53}, "9007199254740991.*text"),
        ({"a": -(2**53)}, "9007199254740991.*text"),
        ({"a": "\ud800"}, "record.a.*UTF-8"),
        ({"\udcff": 1}, "UTF-8"),
        ({"\u00e9": 1, "e\u0301": 2}, "twice"),
        (deep(70), "64 deep"),
    ],
    ids=str,
)
def test_what_could_be_read_in_two_ways_is_refused(record, told):
    with pytest.raises(BadOption, match=f"(?s){told}"):
        json_record(record)


GOOD = {"id": "r1", "path": "a/b.png", "sha256": HASH, "label": "truck", "split": "train", "group": "s1"}


def test_a_file_record_holds_everything():
    assert json.loads(file_record(**GOOD)) == {**GOOD, "schema": "steelyard-file/1"}
    assert file_record(**{**GOOD, "sha256": f"sha256:{HASH}"}) == file_record(**GOOD)
    salt = record_salt(new_secret(), 3)
    assert json.loads(file_record(**GOOD, salt=salt))["salt"] == salt.hex()


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("id", "r2"),
        ("id", 1),
        ("path", "a/c.png"),
        ("sha256", "ac" * 32),
        ("label", "car"),
        ("label", None),
        ("label", ["truck"]),
        ("split", "test"),
        ("split", None),
        ("group", "s2"),
        ("group", None),
        ("salt", bytes(16)),
    ],
)
def test_every_part_of_a_file_record_counts(name, other):
    assert file_record(**{**GOOD, name: other}) != file_record(**GOOD)


@pytest.mark.parametrize(
    ("name", "bad"),
    [("id", bad) for bad in (None, 1.0, True, b"r")]
    + [("path", bad) for bad in ("", "/a", "../a", "a/../b", "./a", "a//b", "a/", "a\0b", "\udcff", None)]
    + [("sha256", bad) for bad in ("", "AB" * 32, HASH[:-1], HASH + "0", f"sha1:{HASH}", HASH + "\n", None)]
    + [("label", bad) for bad in (1.0, b"x", "\ud800", {"a": 0.5})]
    + [("split", bad) for bad in (1, True, ["train"])]
    + [("group", bad) for bad in (1.0, True, b"x")]
    + [("salt", bad) for bad in ("x" * 16, b"x" * 15, b"", True, bytearray(16))],
    ids=ascii,
)
def test_a_part_that_is_none_is_refused(name, bad):
    with pytest.raises(BadOption, match=r"(must be|UTF-8).*Got"):
        file_record(**{**GOOD, name: bad})
