"""Tampering with anything that is sealed, or with the seal, is noticed."""

import base64
import hashlib
import json
import shutil
import struct
import subprocess
import sys
from importlib import resources

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.errors import BadOption, SealBroken, UserError
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


def slow_root(parts, version=b"2"):
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

    leaves = [leaf(b"format", version, str(len(parts)).encode())]
    leaves += [leaf(b"part", name.encode(), parts[name].encode()) for name in sorted(parts)]
    return "sha256:" + tree(leaves).hex()


PARTS = st.dictionaries(st.text(min_size=1, max_size=8), DIGESTS, min_size=1, max_size=9)


@settings(deadline=None)
@given(PARTS)
def test_root_is_that_of_the_standard(parts):
    made = seal(parts)
    assert made.root == slow_root(parts)
    assert made.parts == parts
    assert not made.signed


@settings(deadline=None)
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
        jsonschema.validate({**content, "statement": {}}, schema)


def edited(folder, change, *, payload=False):
    """Verify the folder with its seal changed by ``change`` and written just as steelyard would."""
    path = folder / "seal.json"
    before = path.read_bytes()
    content = json.loads(before)
    change(content)
    if payload:  # the envelope too, as whoever can write the file would
        text = json.dumps(content["statement"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        content["envelope"]["payload"] = base64.b64encode(text.encode()).decode()
    try:
        path.write_text(json.dumps(content, indent=2) + "\n")
        verify_seal(folder)
    finally:
        path.write_bytes(before)


def said(content):
    return content["statement"]["predicate"]


def swap(content):
    parts = said(content)["parts"]
    parts["model.skops"], parts["scorecard.json"] = parts["scorecard.json"], parts["model.skops"]


EDITS = [
    swap,
    lambda c: said(c)["parts"].pop("scorecard.json"),
    lambda c: said(c)["parts"].pop("data"),
    lambda c: said(c)["parts"].update({"extra.txt": DATA}),
    lambda c: said(c)["parts"].update(data=sha256_bytes(b"other")),
    lambda c: said(c)["versions"].update(numpy="1.0"),
    lambda c: said(c)["versions"].update(more="1.0"),
    lambda c: said(c).update(tree_size=4),
    lambda c: said(c).update(mode="log"),
    lambda c: said(c).update(hash="md5"),
    lambda c: said(c).update(more=1),
    lambda c: said(c).update(parts=[]),
    lambda c: said(c).update(parts={}),
    lambda c: said(c).update(versions={"numpy": 2}),
    lambda c: said(c)["parts"].update({"model.skops": 5}),
    lambda c: c["statement"]["subject"][0]["digest"].update(sha256="0" * 64),
    lambda c: c["statement"]["subject"].append(c["statement"]["subject"][0]),
    lambda c: c["statement"]["subject"][0].update(name="other"),
    lambda c: c["statement"].update(predicateType="https://steelyard.dev/data-seal/v1"),
    lambda c: c["statement"].update(_type="https://in-toto.io/Statement/v2"),
    lambda c: c["statement"].update(more=1),
    lambda c: c["envelope"].update(payloadType="text/plain"),
    lambda c: c["envelope"].update(more=1),
    lambda c: c["envelope"].update(signatures=[{"keyid": "a", "sig": "AA"}]),
    lambda c: c.update(version=3),
    lambda c: c.update(version="2"),
    lambda c: c.update(format="other"),
    lambda c: c.update(more=1),
    lambda c: c.update(salt="00" * 32),
]


@pytest.mark.parametrize("payload", [False, True])
@pytest.mark.parametrize("change", EDITS)
def test_any_edit_of_the_seal_breaks_it(folder, change, payload):
    with pytest.raises(SealBroken):
        edited(folder, change, payload=payload)


def test_a_newer_version_says_so(folder):
    with pytest.raises(
        SealBroken, match=r"version 3.*reads version 2.*the version of steelyard that wrote it"
    ):
        edited(folder, lambda c: c.update(version=3))
    with pytest.raises(SealBroken, match=r"model-seal/v2.*the version of steelyard that wrote it"):
        edited(
            folder,
            lambda c: c["statement"].update(predicateType="https://steelyard.dev/model-seal/v2"),
            payload=True,
        )


def test_an_edit_that_changes_nothing_is_whole(folder):
    edited(folder, lambda content: None)
    edited(folder, lambda content: None, payload=True)


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", "[" * 100_000, "\ud800"])
def test_what_is_no_seal_is_refused(tmp_path, text):
    (tmp_path / "seal.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SealBroken):
        verify_seal(tmp_path)


def test_a_sealed_name_never_leads_out_of_the_folder(tmp_path):
    """A seal that is whole in itself, but names a file elsewhere."""
    from steelyard.guard.seal.envelope import wrap
    from steelyard.store.seal_file import _statement, _text
    from steelyard.store.seal_version_1 import digest_of_versions

    made = seal({"versions": digest_of_versions({}), "../outside": sha256_bytes(b"x")})
    (tmp_path / "in").mkdir()
    (tmp_path / "outside").write_bytes(b"x")
    (tmp_path / "in" / "seal.json").write_text(_text(wrap(_statement(made, {}).to_bytes())))
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


OLD = """{
  "format": "steelyard-seal",
  "version": 1,
  "root": "sha256:ROOT",
  "signed": false,
  "parts": {
    "data": "DATA",
    "model.skops": "MODEL",
    "versions": "VERSIONS"
  },
  "versions": {
    "steelyard": "0.1.0"
  }
}
"""


def old_seal(tmp_path, change=str):
    """A folder with a seal of version 1, written by hand."""
    (tmp_path / "model.skops").write_bytes(b"old model")
    parts = {
        "data": DATA,
        "model.skops": sha256_bytes(b"old model"),
        "versions": sha256_bytes(b'{"steelyard":"0.1.0"}'),
    }
    root = slow_root(parts, b"1").removeprefix("sha256:")
    text = OLD.replace("ROOT", root).replace("DATA", DATA).replace("MODEL", parts["model.skops"])
    (tmp_path / "seal.json").write_text(change(text.replace("VERSIONS", parts["versions"])))
    return tmp_path


def test_a_seal_of_version_1_is_still_read(tmp_path):
    found = verify_seal(old_seal(tmp_path), data_hash=DATA)
    assert (found.version, found.signed) == (1, False)
    assert read_seal(tmp_path)[1] == {"steelyard": "0.1.0"}
    (tmp_path / "model.skops").write_bytes(b"new model")
    with pytest.raises(SealBroken, match="not what was sealed"):
        verify_seal(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("0.1.0", "0.2.0"),
        lambda text: text.replace("  ", " "),
        lambda text: text.replace("false", "true"),
        lambda text: text.replace(DATA, sha256_bytes(b"other")),
        lambda text: text.replace('"model.skops":', '"other.skops":'),
    ],
)
def test_an_edited_seal_of_version_1_is_refused(tmp_path, change):
    with pytest.raises(SealBroken):
        verify_seal(old_seal(tmp_path, change))


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Paths of two keys and their public parts."""
    pytest.importorskip("cryptography")
    from steelyard.guard.seal import generate_key, save_keys

    place = tmp_path_factory.mktemp("keys")
    for name in ("mine", "other"):
        save_keys(generate_key(), place / f"{name}.key", place / f"{name}.pub")
    return place


def test_a_signed_seal_is_asked_whose_it_is(folder, keys, tmp_path):
    shutil.copytree(folder, tmp_path / "signed")
    made = write_seal(tmp_path / "signed", data_hash=DATA, versions=VERSIONS, key=keys / "mine.key")
    assert made.signed
    assert verify_seal(tmp_path / "signed", trust=keys / "mine.pub") == made
    assert verify_seal(tmp_path / "signed") == made
    assert made.root == verify_seal(folder).root
    with pytest.raises(SealBroken, match="not signed by the trusted key"):
        verify_seal(tmp_path / "signed", trust=keys / "other.pub")
    with pytest.raises(SealBroken, match="it is unsigned"):
        verify_seal(folder, trust=keys / "mine.pub")
    with pytest.raises(BadOption, match="Choose one"):
        verify_seal(folder, trust=keys / "mine.pub", unsealed=True)
    with pytest.raises(SealBroken, match="version 1"):
        verify_seal(old_seal(tmp_path), trust=keys / "mine.pub")


def test_a_stripped_or_foreign_signature_is_refused(folder, keys, tmp_path):
    shutil.copytree(folder, tmp_path / "signed")
    place = tmp_path / "signed" / "seal.json"
    write_seal(tmp_path / "signed", data_hash=DATA, versions=VERSIONS, key=keys / "mine.key")
    good = json.loads(place.read_text())
    write_seal(
        tmp_path / "signed", data_hash=sha256_bytes(b"other"), versions=VERSIONS, key=keys / "mine.key"
    )
    other = json.loads(place.read_text())
    for signatures in ([], other["envelope"]["signatures"], good["envelope"]["signatures"] * 2):
        forged = {**good, "envelope": {**good["envelope"], "signatures": signatures}}
        place.write_text(json.dumps(forged, indent=2) + "\n")
        with pytest.raises(SealBroken):
            verify_seal(tmp_path / "signed", trust=keys / "mine.pub")


def test_an_unsigned_seal_needs_nothing_but_the_core(tmp_path):
    code = (
        "import sys\n"
        "for name in ('cryptography', 'rfc8785', 'mlcroissant', 'model_signing'): sys.modules[name] = None\n"
        "from steelyard.store import verify_seal, write_seal\n"
        f"open('m', 'w').close()\nwrite_seal('.', data_hash={DATA!r}, versions={{}}, files=['m'])\n"
        "assert not verify_seal('m').signed\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
