"""A table row by row, in every format, in either mode."""

import gzip

import pandas as pd
import pyarrow as pa
import pytest

from steelyard.errors import BadOption, BadTable, SealBroken, UserError
from steelyard.guard.seal import create_seal, read_data_seal, table_entries, verify_data

ROLES = {"target": "fraud", "id": "id", "part": "part"}


def check(source="claims.csv", seal="claims.seal", **more):
    return verify_data(source, seal, unsigned=True, **more)


def edit(claims, old, new):
    path = claims / "claims.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_flip_a_change_a_missing_and_an_extra_row_are_named(claims):
    made = create_seal("claims.csv", "claims.seal", **ROLES)
    assert made.predicate["classes"] == {"no": 5, "yes": 1}
    assert (made.predicate["mode"], made.predicate["leaf_schema"]) == ("snapshot", "steelyard-row/1")
    assert check().holds
    edit(claims, "c5,50,yes", "c5,50,no")
    edit(claims, "c1,10,", "c1,11,")
    edit(claims, "c2,20,no,train\n", "")
    edit(claims, "c3,", "c9,")
    found = check()
    assert {change["id"]: sorted(change["was"]) for change in found.changed} == {
        "c1": ["content"],
        "c5": ["content", "label"],
    }
    assert (found.missing, found.extra) == (["c2", "c3"], ["c9"])
    assert found.classes == {"no": [5, 5], "yes": [1, 0]} or found.classes == {"yes": [1, 0]}


def test_a_snapshot_does_not_see_order_and_a_log_does(claims):
    lines = (claims / "claims.csv").read_text().splitlines(keepends=True)
    create_seal("claims.csv", "snapshot.seal", **ROLES)
    create_seal("claims.csv", "log.seal", **ROLES, mode="log")
    (claims / "claims.csv").write_text("".join([lines[0], *lines[:0:-1]]))
    assert check(seal="snapshot.seal").holds
    found = check(seal="log.seal")
    assert not found.holds
    assert len(found.moved) == 6
    assert (found.changed, found.missing, found.extra) == ([], [], [])


def test_cells_of_text_are_sealed_as_they_stand(claims):
    create_seal("claims.csv", "claims.seal", target="fraud")
    for old, new in (("c0,0,", "c0,0.0,"), ("c1,10,", "c1, 10,"), ("c3,30,", "c3,NA,"), ("c4,40,", "c4,,")):
        before = (claims / "claims.csv").read_text()
        edit(claims, old, new)
        assert [sorted(change["was"]) for change in check().changed] == [["content"]]
        (claims / "claims.csv").write_text(before)
    assert check().holds


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz", "t.parquet", "t.feather"])
def test_every_format(claims, name):
    frame = pd.DataFrame(
        {"a": [1, 2, None], "when": pd.to_datetime(["2020-01-01"] * 3), "y": ["p", "q", None]}
    )

    def write(frame):
        if name.endswith("parquet"):
            frame.to_parquet(name)
        elif name.endswith("feather"):
            frame.to_feather(name)
        else:
            text = frame.to_csv(index=False, sep="\t" if "tsv" in name else ",")
            with gzip.open(name, "wt") if name.endswith("gz") else open(name, "w") as file:
                file.write(text)

    write(frame)
    made = create_seal(name, "t.seal", target="y")
    assert made.predicate["classes"] == {"p": 1, "q": 1}
    assert check(name, "t.seal").holds
    write(frame.assign(y=["p", "p", None]))
    found = check(name, "t.seal")
    assert [change["id"] for change in found.changed] == ["2"]
    assert found.classes == {"p": [1, 2], "q": [1, 0]}


def test_a_frame_in_memory(claims):
    frame = pd.DataFrame({"a": [1.5, 2.5], "y": pd.Categorical(["p", "q"])})
    create_seal(frame, "t.seal", target="y")
    assert check(frame, "t.seal").holds
    assert [change["id"] for change in check(frame.assign(a=[1.5, 2.0]), "t.seal").changed] == ["2"]


def test_many_batches_give_the_root_of_one(claims, monkeypatch):
    frame = pd.DataFrame({"a": range(100), "y": ["p", "q"] * 50})
    frame.to_csv("t.csv", index=False)
    frame.to_parquet("t.parquet")
    one = [create_seal(f"t.{kind}", f"one.{kind}.seal", target="y").root for kind in ("csv", "parquet")]
    monkeypatch.setattr(table_entries, "BATCH_ROWS", 7)
    monkeypatch.setattr(table_entries, "BLOCK_BYTES", 64)
    many = [create_seal(f"t.{kind}", f"many.{kind}.seal", target="y").root for kind in ("csv", "parquet")]
    assert one == many


def test_labels_are_inside_the_leaf(claims):
    before = create_seal("claims.csv", "a.seal", target="fraud").root
    assert create_seal("claims.csv", "b.seal", target="part").root != before
    assert create_seal("claims.csv", "c.seal").root != before


def test_salts_change_every_leaf_and_verify_with_the_secret_of_the_seal(claims):
    create_seal("claims.csv", "plain.seal", target="fraud")
    create_seal("claims.csv", "a.seal", target="fraud", salted=True)
    create_seal("claims.csv", "b.seal", target="fraud", salted=True)
    plain, first, second = (read_data_seal(name).leaf_hashes() for name in ("plain.seal", "a.seal", "b.seal"))
    assert len({*plain, *first, *second}) == 18
    assert check(seal="a.seal").holds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,fraud\n", "no rows|got none"),
        ("id,fraud\na,no\na,yes\n", "the id 'a' twice in row 2"),
        ("id,fraud\na,no\n,yes\n", "a missing id in row 2"),
        ("id,fraud\na,no,1\n", "Expected a table"),
        ("id,fraud\na\n", "Expected a table"),
        (b"id,fraud\na,\xff\n", "something else"),
        (b"id,\xff\na,b\n", "something else"),
        ("id,other\na,b\n", "'fraud' \\(target\\)"),
        ("id,id,fraud\na,b,c\n", "two columns|something else|twice"),
    ],
)
def test_odd_tables_are_refused(claims, text, words):
    (claims / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=words):
        create_seal("t.csv", "t.seal", target="fraud", id="id")
    assert not (claims / "t.seal").exists()


def test_other_columns_are_refused(claims):
    create_seal("claims.csv", "claims.seal", **ROLES)
    edit(claims, "amount", "money")
    with pytest.raises(SealBroken, match="columns are not those that were sealed"):
        check()


def test_a_table_that_changes_while_it_is_read(claims, monkeypatch):
    real = table_entries.table_rows

    def busy(batch):
        with open("claims.csv", "a") as file:
            file.write("c7,1,no,train\n")
        return real(batch)

    monkeypatch.setattr(table_entries, "table_rows", busy)
    with pytest.raises(BadTable, match="changed while it was read"):
        create_seal("claims.csv", "claims.seal")


def test_options_that_do_not_fit(claims):
    with pytest.raises(BadOption, match="--labels is for a folder"):
        create_seal("claims.csv", "claims.seal", labels="labels.csv")
    create_seal("claims.csv", "claims.seal")
    with pytest.raises(BadOption, match="--labels is for a folder"):
        check(labels="labels.csv")
    (claims / "t.arff").write_text("@relation t\n@attribute a numeric\n@data\n1\n")
    with pytest.raises(BadTable, match="Row by row"):
        create_seal("t.arff", "t.seal")


def frames():
    """The same table in each library."""
    polars = pytest.importorskip("polars")
    columns = {"id": ["a", "b"], "amount": [1.5, 2.0], "fraud": ["no", "yes"]}
    frame = pd.DataFrame(columns)
    table = pa.table(columns)
    return frame, polars.DataFrame(columns), table, table.to_batches()[0]


def test_a_frame_of_any_library_has_the_same_seal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    roles = {"target": "fraud", "id": "id"}
    roots = {create_seal(frame, f"{place}.seal", **roles).root for place, frame in enumerate(frames())}
    assert len(roots) == 1
    assert all(verify_data(frame, "0.seal", unsigned=True).holds for frame in frames())


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns 'a'"),
        (pd.DataFrame({"a": [1, "1"]}), "one kind"),
        (pd.DataFrame({"a": [object()]}), "one kind"),
        (pd.DataFrame({"a": [1j]}), "Arrow cannot hold|has no one form"),
        (pa.table({"id": [[1], [2]]}), "which have no text"),
        (None, "Expected a path, or a frame"),
    ],
)
def test_a_frame_that_cannot_be_sealed_is_a_sentence(tmp_path, source, message):
    roles = {"id": "id"} if isinstance(source, pa.Table) else {}
    with pytest.raises(BadTable, match=message):
        create_seal(source, tmp_path / "x.seal", **roles)
    assert not (tmp_path / "x.seal").exists()


def test_the_text_nan_is_a_label_and_a_missing_number_is_none(claims):
    (claims / "claims.csv").write_text("id,fraud\nnan,nan\n2,no\n")
    made = create_seal("claims.csv", "claims.seal", target="fraud", id="id")
    assert made.predicate["classes"] == {"nan": 1, "no": 1}
    frame = pd.DataFrame({"fraud": [1.0, float("nan")]})
    assert create_seal(frame, "frame.seal", target="fraud").predicate["classes"] == {"1": 1}


def test_an_empty_line_of_a_single_column_is_a_row(claims):
    (claims / "claims.csv").write_text("fraud\nno\n\nyes\n")
    assert create_seal("claims.csv", "claims.seal", target="fraud").predicate["tree_size"] == 3
