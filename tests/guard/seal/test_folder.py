"""A folder with labels: whatever changes after sealing is named, and whatever is odd before is refused."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard.seal.labelled import LABELS, write_labels
from steelyard.errors import BadOption, BadTable, SealBroken, UserError
from steelyard.guard.merkle import root
from steelyard.guard.seal import SealWarning, create_seal, read_data_seal, verify_data
from steelyard.guard.seal.entry import leaf_data


@pytest.fixture
def sealed(sounds, keys):
    """The folder, sealed with the hybrid key in ``data.seal``."""
    create_seal("data", "data.seal", labels="labels.csv", key=keys / "hybrid.key", progress=False)
    return keys / "hybrid.pub"


def check(trust, **more):
    return verify_data("data", "data.seal", trust=trust, progress=False, **more)


def test_what_was_sealed_holds(sealed, sounds):
    found = check(sealed)
    assert found.holds
    assert found.checked
    assert (found.sealed, found.found) == (5, 5)
    made = read_data_seal("data.seal", trust=sealed)
    assert made.statement.root == root(leaf_data(entry) for entry in made.entries)
    assert made.predicate.classes == {"car": 3, "truck": 2}
    assert made.predicate.splits == {"train": 5}
    assert (made.predicate.mode, made.predicate.leaf_schema) == ("snapshot", "steelyard-file/1")
    assert [entry.id for entry in made.entries] == sorted(LABELS)
    assert not list(sounds.glob(".*"))


def test_a_flipped_label_is_named(sealed):
    write_labels(sealed_labels(), {**LABELS, "a/1.wav": "car"})
    found = check(sealed)
    assert not found.holds
    assert found.changed == [{"id": "a/1.wav", "was": {"label": "truck"}, "now": {"label": "car"}}]
    assert found.classes == {"car": [3, 4], "truck": [2, 1]}
    assert (found.missing, found.extra, found.splits) == ([], [], {})


def sealed_labels():
    from pathlib import Path

    return Path("labels.csv")


def test_two_flips_that_keep_the_counts_are_named(sealed):
    write_labels(sealed_labels(), {**LABELS, "a/1.wav": "car", "b/2.wav": "truck"})
    found = check(sealed)
    assert [change["id"] for change in found.changed] == ["a/1.wav", "b/2.wav"]
    assert found.classes == {}
    assert not found.holds


def test_a_moved_split_is_named(sealed):
    write_labels(sealed_labels(), split="test")
    found = check(sealed)
    assert len(found.changed) == 5
    assert found.splits == {"test": [0, 5], "train": [5, 0]}


def test_changed_missing_and_extra_files_are_named(sealed, sounds):
    (sounds / "data/a/0.wav").write_bytes(b"another sound")
    (sounds / "data/b/4.wav").unlink()
    (sounds / "data/b/5.wav").write_bytes(b"new")
    found = check(sealed)
    assert [change["id"] for change in found.changed] == ["a/0.wav"]
    assert list(found.changed[0]["was"]) == ["content"]
    assert (found.missing, found.extra) == (["b/4.wav"], ["b/5.wav"])
    assert found.classes == {"car": [3, 2]}
    assert found.to_dict()["holds"] is False


def test_a_label_for_a_file_that_never_was_is_extra(sealed):
    write_labels(sealed_labels(), {**LABELS, "c/9.wav": "car"})
    assert check(sealed).extra == ["c/9.wav"]


def test_a_renamed_file_is_missing_and_extra(sealed, sounds):
    (sounds / "data/b/4.wav").rename(sounds / "data/b/6.wav")
    found = check(sealed)
    assert (found.missing, found.extra) == (["b/4.wav"], ["b/6.wav"])


def test_who_signed_must_be_said(sealed):
    with pytest.raises(BadOption, match="--trust"):
        verify_data("data", "data.seal")
    with pytest.raises(BadOption, match="exclude each other"):
        verify_data("data", "data.seal", trust=sealed, unsigned=True)
    assert not verify_data("data", "data.seal", unsigned=True, progress=False).checked


@pytest.mark.parametrize("kind", ["ed25519", "ml-dsa-65", "other"])
def test_the_key_of_another_is_refused(sealed, keys, kind):
    with pytest.raises(SealBroken, match=r"data\.seal' is refused: it is not signed by the trusted key"):
        check(keys / f"{kind}.pub")


def test_an_unsigned_seal_is_refused_where_a_key_is_trusted(sounds, keys):
    create_seal("data", "data.seal", labels="labels.csv", progress=False)
    with pytest.raises(SealBroken, match="it is unsigned"):
        check(keys / "ed25519.pub")


def test_flip_then_seal_passes(sounds, keys):
    """Shown on purpose: what was wrong before is sealed as it is."""
    write_labels(sealed_labels(), {**LABELS, "a/1.wav": "car"})
    create_seal("data", "data.seal", labels="labels.csv", key=keys / "ed25519.key", progress=False)
    assert check(keys / "ed25519.pub").holds


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_bit_of_the_seal_is_refused(sealed, sounds, data):
    refuse_flips(sounds / "data.seal", sealed, data)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_bit_of_an_unsigned_seal_is_refused(sounds, data):
    """Its records still have to give its root."""
    if not (sounds / "plain.seal").exists():
        create_seal("data", "plain.seal", labels="labels.csv", progress=False)
    refuse_flips(sounds / "plain.seal", None, data)


def refuse_flips(path, trust, data):
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    bit = data.draw(st.integers(0, 7))
    try:
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :])
        with pytest.raises(SealBroken):
            read_data_seal(path, trust=trust)
    finally:
        path.write_bytes(content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_cut_or_longer_seal_is_refused(sealed, sounds, data):
    path = sounds / "data.seal"
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    drawn = data.draw(
        st.one_of(
            st.integers(0, len(content) - 1).map(lambda n: content[:n]),
            st.binary(min_size=1, max_size=4).map(lambda more: content + more),
            st.integers(1, len(lines) - 1).map(lambda n: b"".join(lines[:n] + lines[n + 1 :])),
            st.integers(1, len(lines) - 1).map(lambda n: b"".join([*lines, lines[n]])),
            st.permutations(lines[1:])
            .filter(lambda p: p != lines[1:])
            .map(lambda p: b"".join([lines[0], *p])),
        )
    )
    try:
        path.write_bytes(drawn)
        with pytest.raises(SealBroken):
            read_data_seal(path)
    finally:
        path.write_bytes(content)


def test_a_seal_of_a_newer_format_says_so(sealed, sounds):
    path = sounds / "data.seal"
    path.write_text(path.read_text().replace('"version": 1', '"version": 2', 1))
    with pytest.raises(SealBroken, match=r"version 2.*the version of steelyard that wrote it"):
        read_data_seal(path)


def test_a_seal_of_a_model_is_no_seal_of_data(sounds, keys):
    from steelyard.kernels.hashing import sha256_bytes
    from steelyard.store import write_seal

    write_seal(
        sounds, data_hash=sha256_bytes(b""), versions={}, files=["labels.csv"], key=keys / "ed25519.key"
    )
    with pytest.raises(SealBroken):
        read_data_seal("seal.json", trust=keys / "ed25519.pub")
    with pytest.raises(UserError, match="is not there"):
        read_data_seal("nothing.seal")
    with pytest.raises(UserError, match="is no file"):
        read_data_seal("data")


def test_a_line_too_long_is_not_read(sealed, sounds, monkeypatch):
    from steelyard.guard.seal import data_seal

    monkeypatch.setattr(data_seal, "MAX_HEADER_BYTES", 100)
    with pytest.raises(SealBroken, match="longer than 100 bytes"):
        read_data_seal("data.seal")


def test_a_link_out_of_the_folder_is_refused(sounds):
    (sounds / "data/link.wav").symlink_to(sounds / "labels.csv")
    with pytest.raises(BadTable, match="link out of the folder"):
        create_seal("data", "data.seal", progress=False)
    assert not (sounds / "data.seal").exists()


def test_a_file_replaced_by_a_link_is_refused(sealed, sounds):
    (sounds / "data/a/0.wav").rename(sounds / "away.wav")
    (sounds / "data/a/0.wav").symlink_to(sounds / "away.wav")
    with pytest.raises(BadTable, match="link out of the folder"):
        check(sealed)


def test_a_name_that_is_not_utf_8_is_refused(sounds):
    try:
        with open(b"data/\xff.wav", "wb"):
            pass
    except OSError:
        pytest.skip("this file system takes no such names")
    with pytest.raises(BadTable, match="not UTF-8"):
        create_seal("data", "data.seal", progress=False)


def test_an_unreadable_file_is_refused(sounds, monkeypatch):
    real = os.open

    def refuse(path, *more, **words):
        if str(path).endswith("3.wav"):
            raise PermissionError(13, "Permission denied")
        return real(path, *more, **words)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(BadTable, match=r"3\.wav' cannot be read"):
        create_seal("data", "data.seal", progress=False)


def test_files_that_come_or_leave_while_others_are_read(sounds, monkeypatch):
    from steelyard.guard.seal import folder_entries

    real = folder_entries.hash_file

    def busy(path):
        (sounds / "data/late.wav").write_bytes(b"late")
        return real(path)

    monkeypatch.setattr(folder_entries, "hash_file", busy)
    with pytest.raises(BadTable, match="while it was read"):
        create_seal("data", "data.seal", progress=False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "column 'path'"),
        ("label\ncar\n", "column 'path'"),
        ("path,label,label\na,b,c\n", "distinct column names"),
        ("path,label\na/0.wav\n", "2 cells in line 2"),
        ("path,label\na/0.wav,car\na/0.wav,truck\n", "comes twice"),
        ("path,label,id\na/0.wav,car,1\na/1.wav,car,1\n", "'1' comes twice"),
        ("path,label\n,car\n", "Expected a path"),
        ("path,label\nnowhere.wav,car\n", "have no file"),
        ('path,label\n"a/0.wav,car\n', "got something else"),
        (b"path,label\na/0.wav,\xff\n", "CSV in UTF-8"),
        ("path,label,id\na/0.wav,car,a/1.wav\n", "the id 'a/1.wav'"),
    ],
)
def test_odd_labels_are_refused(sounds, text, words):
    (sounds / "labels.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=words):
        create_seal("data", "data.seal", labels="labels.csv", progress=False)
    assert not (sounds / "data.seal").exists()


def test_labels_may_call_their_columns_otherwise(sounds):
    text = (sounds / "labels.csv").read_text().replace("path,label,split", "file,kind,split")
    (sounds / "labels.csv").write_text(text)
    with pytest.raises(BadOption, match="path=filename"):
        create_seal("data", "data.seal", labels="labels.csv", progress=False)
    columns = {"path": "file", "label": "kind"}
    create_seal("data", "data.seal", labels="labels.csv", columns=columns, progress=False)
    assert read_data_seal("data.seal").predicate.classes == {"car": 3, "truck": 2}
    assert verify_data("data", "data.seal", unsigned=True, progress=False).holds
    with pytest.raises(BadOption, match="Columns of labels are"):
        create_seal("data", "x.seal", labels="labels.csv", columns={"colour": "file"}, progress=False)


def test_labels_are_found_where_they_are_and_asked_for_where_they_are_not(sealed, sounds):
    shutil.copy("labels.csv", "data/labels.csv")
    with pytest.raises(BadOption, match="Give --labels"):
        check(sealed)
    (sounds / "labels.csv").unlink()
    assert check(sealed).holds  # inside the folder; they are no record there
    shutil.move("data/labels.csv", "elsewhere.csv")
    with pytest.raises(BadOption, match="got none"):
        check(sealed)
    assert check(sealed, labels="elsewhere.csv").holds


def test_the_seal_may_lie_in_the_folder(sounds):
    create_seal("data", "data/data.seal", labels="labels.csv", croissant=False, progress=False)
    assert verify_data("data", "data/data.seal", unsigned=True, progress=False).holds


def test_nothing_is_written_over_unasked(sealed):
    with pytest.raises(UserError, match="--force"):
        create_seal("data", "data.seal", progress=False)
    create_seal("data", "data.seal", force=True, progress=False)


@pytest.mark.parametrize(
    "options",
    [{"target": "label"}, {"id": "x"}, {"mode": "tree"}, {"key": "nowhere.pem"}, {"labels": "nowhere"}],
)
def test_options_that_do_not_fit(sounds, options):
    with pytest.raises(UserError):
        create_seal("data", "data.seal", progress=False, **options)
    with pytest.raises(BadTable):
        create_seal("nowhere", "data.seal", progress=False)
    (sounds / "empty").mkdir()
    with pytest.raises(BadTable, match="without any"):
        create_seal("empty", "data.seal", progress=False)


def test_a_folder_without_labels_is_sealed_too(sounds, keys):
    create_seal("data", "data.seal", progress=False)
    assert read_data_seal("data.seal").predicate.classes == {}
    assert verify_data("data", "data.seal", unsigned=True, progress=False).holds
    with pytest.raises(BadOption, match="without labels"):
        verify_data("data", "data.seal", unsigned=True, labels="labels.csv")


def test_columns_that_are_not_sealed_are_told(sounds):
    text = "".join(
        f"{line},{place}\n" for place, line in enumerate((sounds / "labels.csv").read_text().split())
    )
    (sounds / "labels.csv").write_text(text.replace("split,0", "split,speaker"))
    with pytest.warns(SealWarning, match="Not sealed are the columns speaker"):
        create_seal("data", "data.seal", labels="labels.csv", progress=False)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_labels_are_cut_by_what_their_header_is_cut_by(sounds, mark):
    text = (sounds / "labels.csv").read_text().replace(",", mark)
    (sounds / "labels.csv").write_text("\ufeff" + text, encoding="utf-8")
    made = create_seal("data", "data.seal", labels="labels.csv", progress=False)
    assert sum(made.predicate["classes"].values()) == 5
    assert verify_data("data", "data.seal", unsigned=True, progress=False).holds


def test_only_seals_are_written_over(sealed, sounds):
    before = (sounds / "labels.csv").read_bytes()
    with pytest.raises(UserError, match="is no seal, and only seals"):
        create_seal("data", "labels.csv", force=True, progress=False)
    assert (sounds / "labels.csv").read_bytes() == before
