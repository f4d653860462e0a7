"""Digests of files: what could be another file, change underway or hide is an error."""

import hashlib
import os
import sys

import pytest

from steelyard.errors import BadTable
from steelyard.guard import hash_files
from steelyard.guard.hash_files import HashedFile, files_of, hash_file, hash_folder
from steelyard.kernels.hashing import sha256_file


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "data"
    (root / "b" / "deep").mkdir(parents=True)
    (root / "b.txt").write_bytes(b"one")
    (root / "b" / "deep" / "x").write_bytes(b"two" * 200_000)
    (root / ".hidden").write_bytes(b"")
    return root


def test_every_file_once_in_the_order_of_names(folder):
    found = list(hash_folder(folder))
    assert [file.path for file in found] == [".hidden", "b.txt", "b/deep/x"]
    for file in found:
        data = (folder / file.path).read_bytes()
        assert (file.sha256, file.size) == (hashlib.sha256(data).hexdigest(), len(data))
        assert f"sha256:{file.sha256}" == sha256_file(folder / file.path)
    assert hash_file(folder / "b.txt") == HashedFile(str(folder / "b.txt"), found[1].sha256, 3)


def test_a_link_inside_is_a_file_one_out_of_it_is_refused(folder, tmp_path):
    (folder / "link").symlink_to(folder / "b.txt")
    assert files_of(folder) == [".hidden", "b.txt", "b/deep/x", "link"]
    (tmp_path / "data-secret").write_bytes(b"elsewhere")  # a neighbour whose name begins alike
    (folder / "out").symlink_to(tmp_path / "data-secret")
    with pytest.raises(BadTable, match="'out' is a link out of the folder"):
        files_of(folder)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("..", "out of the folder"),
        ("b", "link to a folder"),
        ("nowhere", "link to nothing"),
        ("/etc", "out of the folder"),
    ],
)
def test_links_that_mislead_are_refused(folder, target, told):
    (folder / "link").symlink_to(target)
    with pytest.raises(BadTable, match=told):
        list(hash_folder(folder))


def test_a_link_that_leads_to_itself_is_refused(folder):
    (folder / "loop").symlink_to("loop")
    with pytest.raises(BadTable, match="loop"):
        files_of(folder)


def test_a_folder_reached_by_a_link_is_itself(folder, tmp_path):
    (tmp_path / "alias").symlink_to(folder)
    assert [f.path for f in hash_folder(tmp_path / "alias")] == files_of(folder)


def test_a_pipe_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder / "pipe")
    with pytest.raises(BadTable, match="neither a file nor a folder"):
        files_of(folder)
    with pytest.raises(BadTable, match="not a plain file"):
        hash_file(folder / "pipe")


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system refuses such names itself")
def test_a_name_that_is_not_utf8_is_refused_by_a_message_that_can_be_printed(folder):
    with open(os.fsencode(folder) + b"/\xff.txt", "wb"):
        pass
    with pytest.raises(BadTable, match="not UTF-8") as caught:
        files_of(folder)
    str(caught.value).encode("ascii")


def test_names_that_look_alike_are_refused(folder):
    (folder / "e\u0301").write_bytes(b"1")
    (folder / "\u00e9").write_bytes(b"2")
    if len(os.listdir(folder)) < 5:
        pytest.skip("the file system made one name of them")
    with pytest.raises(BadTable, match="accent"):
        files_of(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_refused(folder):
    (folder / "b.txt").chmod(0)
    with pytest.raises(BadTable, match=r"b\.txt.*cannot be read: Permission denied"):
        list(hash_folder(folder))
    (folder / "b").chmod(0)
    with pytest.raises(BadTable, match=r"'.*b' cannot be read"):
        files_of(folder)
    (folder / "b").chmod(0o700)


@pytest.mark.parametrize("call", ["open", "scandir"])
def test_a_refusal_of_the_system_is_told_with_its_reason(folder, monkeypatch, call):
    """The same for root, whom no permission keeps out."""

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(hash_files.os, call, denied)
    with pytest.raises(BadTable, match="cannot be read: Permission denied"):
        list(hash_folder(folder))


def test_an_error_of_the_disk_is_told(folder, monkeypatch):
    def broken(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(hash_files.hashlib, "file_digest", broken)
    with pytest.raises(BadTable, match="cannot be read: Input/output error"):
        hash_file(folder / "b.txt")


def test_nothing_there(tmp_path):
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(BadTable, match=r"cannot be read|not a plain file"):
            hash_file(missing)
    with pytest.raises(BadTable, match="cannot be read"):
        files_of(tmp_path / "none")
    with pytest.raises(BadTable, match="holds no file"):
        list(hash_folder(tmp_path))


def append(path):
    with open(path, "ab") as file:
        file.write(b"!")


def overwrite(path):
    with open(path, "r+b") as file:
        file.write(b"T")
    os.utime(path, ns=(1, 1))  # even where the clock has not moved on


def swap(path):
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    os.replace(other, path)


def remove(path):
    path.unlink()


@pytest.mark.parametrize("change", [append, overwrite, swap, remove])
def test_a_change_underway_is_refused(folder, monkeypatch, change):
    path, plain = folder / "b" / "deep" / "x", hashlib.file_digest

    def disturbed(file, name):
        digest = plain(file, name)
        change(path)
        return digest

    monkeypatch.setattr(hash_files.hashlib, "file_digest", disturbed)
    with pytest.raises(BadTable, match=r"changed while it was read|cannot be read"):
        hash_file(path)


def test_files_that_come_or_go_underway_are_refused(folder):
    found = hash_folder(folder)
    next(found)
    (folder / "late").write_bytes(b"")
    with pytest.raises(BadTable, match="came into"):
        list(found)
