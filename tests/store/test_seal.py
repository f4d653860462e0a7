"""Tampering with anything that is sealed, or with the seal, is noticed."""

import hashlib
import json
import struct
from importlib import resources

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.errors import SealBroken, UserError
from steelyard.kernels.hashing import sha256_bytes
from steelyard.store import UNSIGNED, read_seal, seal, verify_seal, write_seal

VERSIONS = {"steelyard": "0.1.0", "numpy": "2.0"}
DATA = sha256_bytes(b"the table")
FILES = {"model.skops": b"PK model bytes", "scorecard.json": b'{"rows": []}\n'}
DIGESTS = st.binary(min_size=0, max_size=8).map(sha256_bytes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A sealed folder; every test leaves it as it was."""
    made = tmp_path_factory.mktemp("sealed")
    for name, content in FILES.items():
        (made / name).write_bytes(content)
    write_seal(made, data_hash=DATA, versions=VERSIONS)
    return made


def slow_root(parts):
    """The root by the letter of RFC 6962: split at the largest power of two below the length."""

    def tree(leaves):
        if len(leaves) == 1:
            return hashlib.sha256(b"\x00" + leaves[0]).digest()
        k = 1
        while 2 * k < len(leaves):
            k *= 2
        return hashlib.sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()

    def leaf(tag, *fields):
        return b"steelyard-seal " + tag + b"\n" + b"".join(struct.pack(">Q", len(f)) + f for f in fields)

    leaves = [leaf(b"format", b"1", str(len(parts)).encode())]
    leaves += [leaf(b"part", name.encode(), parts[name].encode()) for name in sorted(parts)]
    return "sha256:" + tree(leaves).hex()


PARTS = st.dictionaries(st.text(min_size=1, max_size=8), DIGESTS, min_size=1, max_size=9)


@given(PARTS)
def test_root_is_that_of_the_standard(parts):
    made = seal(parts)
    assert made.root == slow_root(parts)
    assert made.parts == parts
    assert not made.signed


@given(PARTS, st.data())
def test_root_changes_with_any_name_or_digest(parts, data):
    root = seal(parts).root
    name = data.draw(st.sampled_from(sorted(parts)))
    rest = {key: value for key, value in parts.items() if key != name}
    assert seal({**parts, name: sha256_bytes(b"other than any drawn")}).root != root
    assert seal({**rest, name + "x": parts[name]}).root != root or name + "x" in parts
    if rest:
        assert seal(rest).root != root


def test_order_does_not_matter_and_swapped_digests_do():
    a, b = sha256_bytes(b"a"), sha256_bytes(b"b")
    assert seal({"x": a, "y": b}) == seal({"y": b, "x": a})
    assert seal({"x": a, "y": b}).root != seal({"x": b, "y": a}).root


def test_a_name_cannot_pass_for_a_digest():
    """Lengths are hashed too: moving a letter from the name to the digest is another leaf."""
    a = sha256_bytes(b"a")
    assert seal({"ab": a}).root != seal({"a": a}).root


@pytest.mark.parametrize(
    "digest", ["", "sha256:", "sha256:" + "0" * 63, "md5:" + "0" * 64, "sha256:" + "G" * 64, 3]
)
def test_what_is_no_digest_is_refused(digest):
    with pytest.raises(UserError, match="64 hexadecimal digits"):
        seal({"x": digest})


def test_nothing_cannot_be_sealed():
    with pytest.raises(UserError, match="at least one part"):
        seal({})


def test_round_trip_by_folder_and_by_model(folder):
    for path in (folder, str(folder), folder / "model.skops", folder / "scorecard.json"):
        found = verify_seal(path, data_hash=DATA)
        assert dict(found.parts) == {
            "data": DATA,
            "versions": found.parts["versions"],
            **{name: sha256_bytes(content) for name, content in FILES.items()},
        }
    assert read_seal(folder) == (found, VERSIONS)
    assert UNSIGNED == "unsigned: detects accidents, not an attacker"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*FILES, "seal.json"]), st.data())
def test_any_flipped_byte_breaks_the_seal(folder, name, data):
    path = folder / name
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    flip = data.draw(st.integers(1, 255))
    try:
        path.write_bytes(content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :])
        with pytest.raises(SealBroken):
            verify_seal(folder)
    finally:
        path.write_bytes(content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*FILES, "seal.json"]), st.data())
def test_any_cut_or_longer_file_breaks_the_seal(folder, name, data):
    path = folder / name
    content = path.read_bytes()
    try:
        path.write_bytes(
            data.draw(
                st.one_of(
                    st.integers(0, len(content) - 1).map(lambda n: content[:n]),
                    st.binary(min_size=1, max_size=4).map(lambda more: content + more),
                )
            )
        )
        with pytest.raises(SealBroken):
            verify_seal(folder)
    finally:
        path.write_bytes(content)


def test_the_file_follows_its_schema(folder):
    schema = json.loads(resources.files("steelyard.store").joinpath("schemas/seal.json").read_text("utf-8"))
    content = json.loads((folder / "seal.json").read_text())
    jsonschema.validate(content, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**content, "root": "sha256:0"}, schema)


def edited(folder, change):
    """Verify the folder with its seal changed by ``change`` and written just as steelyard would."""
    path = folder / "seal.json"
    before = path.read_bytes()
    content = json.loads(before)
    change(content)
    try:
        path.write_text(json.dumps(content, indent=2) + "\n")
        verify_seal(folder)
    finally:
        path.write_bytes(before)


def swap(content):
    parts = content["parts"]
    parts["model.skops"], parts["scorecard.json"] = parts["scorecard.json"], parts["model.skops"]


@pytest.mark.parametrize(
    "change",
    [
        swap,
        lambda c: c["parts"].pop("scorecard.json"),
        lambda c: c["parts"].pop("data"),
        lambda c: c["parts"].update({"extra.txt": DATA}),
        lambda c: c["parts"].update(data=sha256_bytes(b"other")),
        lambda c: c["versions"].update(numpy="1.0"),
        lambda c: c["versions"].update(more="1.0"),
        lambda c: c.update(root=DATA),
        lambda c: c.update(signed=True),
        lambda c: c.update(version=2),
        lambda c: c.update(version="1"),
        lambda c: c.update(format="other"),
        lambda c: c.update(more=1),
        lambda c: c.update(parts=[]),
        lambda c: c.update(parts={}),
        lambda c: c.update(versions={"numpy": 2}),
        lambda c: c["parts"].update({"model.skops": 5}),
    ],
)
def test_any_edit_of_the_seal_breaks_it(folder, change):
    with pytest.raises(SealBroken):
        edited(folder, change)


def test_an_edit_that_changes_nothing_is_whole(folder):
    edited(folder, lambda content: None)


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", "[" * 100_000, "\ud800"])
def test_what_is_no_seal_is_refused(tmp_path, text):
    (tmp_path / "seal.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SealBroken):
        verify_seal(tmp_path)


def test_a_sealed_name_never_leads_out_of_the_folder(tmp_path):
    """A seal that is whole in itself, but names a file elsewhere."""
    from steelyard.store.seal_file import _digest_of_versions, _text

    made = seal({"versions": _digest_of_versions({}), "../outside": sha256_bytes(b"x")})
    (tmp_path / "in").mkdir()
    (tmp_path / "outside").write_bytes(b"x")
    (tmp_path / "in" / "seal.json").write_text(_text(made, {}))
    with pytest.raises(SealBroken, match="not a file in it"):
        verify_seal(tmp_path / "in")


def test_a_missing_seal_is_refused_unless_allowed(tmp_path):
    (tmp_path / "model.skops").write_bytes(b"x")
    with pytest.raises(SealBroken, match="--unsealed"):
        verify_seal(tmp_path / "model.skops")
    assert verify_seal(tmp_path / "model.skops", unsealed=True) is None


def test_unsealed_does_not_excuse_a_broken_seal(folder):
    path = folder / "model.skops"
    try:
        path.write_bytes(b"another model")
        with pytest.raises(SealBroken, match=r"model\.skops.*is not what was sealed"):
            verify_seal(path, unsealed=True)
    finally:
        path.write_bytes(FILES["model.skops"])


def test_a_model_beside_a_seal_that_does_not_cover_it(folder):
    other = folder / "other.skops"
    other.write_bytes(FILES["model.skops"])
    try:
        with pytest.raises(SealBroken, match=r"covers .*, not 'other\.skops'"):
            verify_seal(other)
    finally:
        other.unlink()


def test_a_missing_part_and_other_data_are_named(folder):
    path = folder / "scorecard.json"
    path.unlink()
    try:
        with pytest.raises(SealBroken, match=r"'scorecard\.json' cannot be read"):
            verify_seal(folder)
    finally:
        path.write_bytes(FILES["scorecard.json"])
    with pytest.raises(SealBroken, match="the data is not what was sealed"):
        verify_seal(folder, data_hash=sha256_bytes(b"another table"))


def test_what_cannot_be_sealed_is_named(tmp_path):
    with pytest.raises(UserError, match=r"cannot seal '.*model\.skops'.*Write it first"):
        write_seal(tmp_path, data_hash=DATA, versions=VERSIONS)
    with pytest.raises(UserError, match="named without folders"):
        write_seal(tmp_path, data_hash=DATA, versions=VERSIONS, files=["../a"])
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="there is no file or folder"):
        verify_seal(tmp_path / "nothing")
