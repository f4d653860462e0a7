"""A file is there whole or not at all, whatever goes wrong on the way."""

import errno
import os

import pytest

from steelyard.errors import UserError
from steelyard.store import write_whole


@pytest.mark.parametrize("content", [b"bytes\x00", "text é", lambda file: file.write(b"written")])
def test_content_arrives_and_nothing_else(tmp_path, content):
    write_whole(tmp_path / "a.bin", content)
    expected = {str: lambda: content.encode(), bytes: lambda: content}.get(
        type(content), lambda: b"written"
    )()
    assert (tmp_path / "a.bin").read_bytes() == expected
    assert os.listdir(tmp_path) == ["a.bin"]


class StoppedHere(Exception):
    pass


@pytest.mark.parametrize("error", [KeyboardInterrupt, StoppedHere, MemoryError])
@pytest.mark.parametrize("already", [True, False])
def test_an_error_in_the_writer_changes_nothing(tmp_path, error, already):
    path = tmp_path / "report.html"
    if already:
        path.write_text("old")

    def writer(file):
        file.write(b"half of it")
        raise error

    with pytest.raises(error):
        write_whole(path, writer)
    assert os.listdir(tmp_path) == (["report.html"] if already else [])
    assert not already or path.read_text() == "old"


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("interrupt", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()])
def test_trouble_at_the_last_moment_changes_nothing(tmp_path, monkeypatch, call, interrupt):
    (tmp_path / "a").write_text("old")

    def stop(*_):
        raise interrupt

    monkeypatch.setattr(os, call, stop)
    with pytest.raises(KeyboardInterrupt if isinstance(interrupt, KeyboardInterrupt) else UserError):
        write_whole(tmp_path / "a", "new")
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    def full(file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(
        UserError, match=r"cannot write '.*model\.skops': the disk is full: nothing was written"
    ):
        write_whole(tmp_path / "model.skops", full)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
def test_a_device_that_is_really_full(tmp_path, monkeypatch):
    """The system itself says that the disk is full, when the bytes are flushed."""
    opened = os.open
    monkeypatch.setattr(
        os,
        "open",
        lambda path, *rest: opened("/dev/full", os.O_WRONLY) if ".part" in str(path) else opened(path, *rest),
    )
    with pytest.raises(UserError, match="disk is full"):
        write_whole(tmp_path / "a", b"x" * 100_000)
    assert os.listdir(tmp_path) == []


def test_places_that_cannot_be_written_to_are_named(tmp_path):
    with pytest.raises(UserError, match="folder does not exist"):
        write_whole(tmp_path / "nowhere" / "a", "x")
    (tmp_path / "a").mkdir()
    with pytest.raises(UserError, match=r"cannot write '.*a'"):
        write_whole(tmp_path / "a", "x")
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX systems")
def test_permissions_are_kept_or_those_of_any_new_file(tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("")
    write_whole(tmp_path / "new", "x")
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode
    plain.chmod(0o640)
    write_whole(plain, "x")
    assert plain.stat().st_mode & 0o777 == 0o640


def test_a_name_as_long_as_the_system_allows(tmp_path):
    write_whole(tmp_path / ("n" * 255), "x")
    assert [len(name) for name in os.listdir(tmp_path)] == [255]
