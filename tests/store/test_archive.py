"""Bombs and lies are refused before anything is unpacked."""

import io
import json
import struct
import zipfile

import numpy as np
import pytest

from steelyard.errors import BadModel
from steelyard.store import archive as module
from steelyard.store.archive import open_archive, read_json


def packed(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def read(buffer):
    with open_archive(buffer) as archive:
        return archive.namelist()


def test_a_good_archive_opens():
    record = np.zeros(3, dtype=[("left", "<u4"), ("value", "<f8")])
    members = [
        ("a.json", "{}"),
        ("b.npy", npy(np.eye(3))),
        ("c.npy", npy(record)),
        ("d.npy", npy(np.float64(1))),
    ]
    assert read(packed(members)) == [name for name, _ in members]


def test_more_members_than_a_plain_zip_can_count(monkeypatch):
    """Beyond 65,535 members the count is in other records, which are looked at too."""
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    buffer = packed([(f"{i}.json", "") for i in range(5)])
    assert module.END_64_MARK in buffer.getvalue()
    assert len(read(buffer)) == 5
    monkeypatch.setattr(module, "MAX_MEMBERS", 4)
    with pytest.raises(BadModel, match="more than 4 members"):
        read(buffer)
    broken = buffer.getvalue().replace(module.END_64_MARK, b"PK\x06\x09")
    with pytest.raises(BadModel, match="cannot be found"):
        read(io.BytesIO(broken))


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("MAX_FILE_BYTES", 100, "larger than 100 bytes"),
        ("MAX_UNPACKED_BYTES", 999, "unpack to more than 999"),
        ("MAX_MEMBERS", 1, "more than 1 members"),
        ("MAX_DIRECTORY_BYTES", 10, "members"),
    ],
)
def test_every_bound_holds(monkeypatch, limit, value, words):
    buffer = packed([("a.json", "[" + "0," * 500 + "0]"), ("b.json", "{}")])
    assert len(read(buffer)) == 2
    monkeypatch.setattr(module, limit, value)
    with pytest.raises(BadModel, match=words):
        read(buffer)


def test_a_bomb_is_never_unpacked(monkeypatch):
    bomb = packed([("a.json", b"0" * 2**24)])
    assert bomb.getbuffer().nbytes < 2**15
    monkeypatch.setattr(module, "MAX_UNPACKED_BYTES", 2**20)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    with pytest.raises(BadModel, match="unpack"):
        read(bomb)


def test_json_members_are_bounded(monkeypatch):
    with open_archive(packed([("a.json", json.dumps([1] * 100))])) as archive:
        assert len(read_json(archive, "a.json")) == 100
        monkeypatch.setattr(module, "MAX_JSON_BYTES", 50)
        with pytest.raises(BadModel, match="larger than 50"):
            read_json(archive, "a.json")
        with pytest.raises(BadModel, match=r"no member 'b\.json'"):
            read_json(archive, "b.json")


def header(shape, descr="'<f8'"):
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header((10**15,)), "not as large as it says"),
        (header((2,)) + b"0" * 24, "not as large as it says"),
        (header((-1,)), "not as large|damaged"),
        (header((1,), "'|O'") + b"0" * 8, "Python objects"),
        (header((1,), "[('a', '|O')]") + b"0" * 8, "Python objects"),
        (header("__import__('os').getcwd()"), "damaged"),
        (b"\x93NUMPY\x03\x00" + header((1,))[8:], "format that is not read"),
        (b"", "damaged"),
        (b"garbage", "damaged"),
    ],
)
def test_arrays_are_what_they_say(content, words):
    with pytest.raises(BadModel, match=words):
        read(packed([("a.npy", content)]))


@pytest.mark.parametrize("name", ["a.pkl", "a.npz", "../a.txt", "a.json/b"])
def test_other_members_are_refused(name):
    with pytest.raises(BadModel, match="neither JSON nor an array"):
        read(packed([(name, "x")]))


def test_two_members_of_one_name():
    with pytest.warns(UserWarning, match="Duplicate name"):
        buffer = packed([("a.json", "1"), ("a.json", "2")])
    with pytest.raises(BadModel, match="two members of one name"):
        read(buffer)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method):
    with pytest.raises(BadModel, match="packed or encrypted"):
        read(packed([("a.json", "{}")], method))


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"x" * 500])
def test_no_archive_at_all(content):
    with pytest.raises(BadModel, match="not an archive"):
        read(io.BytesIO(content))


def test_a_comment_at_the_end_is_not_ours():
    buffer = packed([("a.json", "{}")])
    with pytest.raises(BadModel, match="not an archive"):
        read(io.BytesIO(buffer.getvalue() + b"more"))
