"""Package, then folder, then the official address; every file checked, nothing half-written."""

import hashlib
import http.server
import io
import shutil
import threading
import zipfile
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest

from steelyard.data.catalogue import CatalogueEntry, OfficialFile, catalogue
from steelyard.data.download import download
from steelyard.data.entry_frame import entry_frame
from steelyard.data.fetch import cache_folder, locate
from steelyard.errors import BadOption, BadTable

BODY = b"a,b,yes\nc,d,no\n"
DIGEST = hashlib.sha256(BODY).hexdigest()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, counts what is asked for, and misbehaves where a path says so."""

    asked: list[str] = []

    def log_message(self, *args):
        pass

    def do_GET(self):
        Handler.asked.append(self.path)
        if self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(64):
                    self.wfile.write(bytes(2**16))
            except OSError:
                pass
        elif self.path == "/boast":
            self.send_response(200)
            self.send_header("Content-Length", str(10**12))
            self.end_headers()
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"only this")
        elif self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        else:
            super().do_GET()


@pytest.fixture
def served(tmp_path, monkeypatch):
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "t.csv").write_bytes(BODY)
    monkeypatch.setenv("STEELYARD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STEELYARD_DATA", raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Handler.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def entry_at(url, digest=None, **more):
    return CatalogueEntry(
        name="tabular/tiny",
        title="tiny",
        official=(OfficialFile(url, digest, max_mb=1, **more),),
        official_format={"columns": ["u", "v", "target"]},
        files=("tabular/tiny/t.csv",),
        prepared_sha256={"tabular/tiny/t.csv": DIGEST},
    )


def leftovers(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_a_download_is_checked_kept_and_not_repeated(served, tmp_path):
    entry = entry_at(f"{served}/t.csv", DIGEST)
    frame = entry_frame(entry)
    assert frame["target"].tolist() == ["yes", "no"]
    entry_frame(entry)
    assert Handler.asked == ["/t.csv"]
    assert leftovers(tmp_path) == ["t.csv"]
    (tmp_path / "cache" / "tabular" / "tiny" / "t.csv").write_bytes(b"tampered")
    with pytest.raises(BadTable, match="Delete it"):
        entry_frame(entry)


def test_another_file_than_expected_is_not_kept(served, tmp_path):
    with pytest.raises(BadTable, match=f"{'0' * 64}, got {DIGEST}"):
        locate(entry_at(f"{served}/t.csv", "0" * 64))
    assert leftovers(tmp_path) == []


def test_without_a_digest_it_says_what_came_and_asks(served, tmp_path):
    entry = entry_at(f"{served}/t.csv")
    with pytest.raises(BadOption, match=f"{DIGEST}.*accept_sha256"):
        locate(entry)
    assert leftovers(tmp_path) == []
    with pytest.raises(BadTable, match=DIGEST):
        locate(entry, accept_sha256=["0" * 64])
    locate(entry, accept_sha256=[f"sha256:{DIGEST.upper()}"])
    asked = len(Handler.asked)
    locate(entry)  # remembered
    assert len(Handler.asked) == asked
    assert leftovers(tmp_path) == ["t.csv", "t.csv.accepted"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/none.csv", "HTTP 404"),
        ("/endless", "at most 1 MiB"),
        ("/boast", "at most 1 MiB"),
        ("/cut", "1,000 bytes.*cut off|cut off|IncompleteRead"),
        ("/away", "HTTP 302|https"),
    ],
)
def test_servers_that_misbehave(served, tmp_path, path, words):
    with pytest.raises(BadTable, match=words):
        locate(entry_at(f"{served}{path}", DIGEST))
    assert leftovers(tmp_path) == []


def test_nobody_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("STEELYARD_CACHE", str(tmp_path / "cache"))
    with pytest.raises(BadTable, match="STEELYARD_DATA"):
        download("http://127.0.0.1:9/t.csv", tmp_path / "cache" / "t.csv", accepted=[DIGEST], max_mb=1)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/t.csv", "http://example.org/t.csv"])
def test_only_https_is_fetched(tmp_path, url):
    with pytest.raises(BadTable, match="https"):
        download(url, tmp_path / "deep" / "t.csv", accepted=[DIGEST], max_mb=1)
    assert not (tmp_path / "deep").exists()


def test_the_folder_comes_before_the_download(served, tmp_path, monkeypatch):
    prepared = b"u,v,target\na,b,yes\nc,d,no\n"
    folder = tmp_path / "data" / "tabular" / "tiny"
    folder.mkdir(parents=True)
    (folder / "t.csv").write_bytes(prepared)
    monkeypatch.setenv("STEELYARD_DATA", str(tmp_path / "data"))
    entry = entry_at(f"{served}/t.csv", DIGEST)
    with pytest.raises(BadTable, match="another edition"):
        locate(entry)
    good = replace(entry, prepared_sha256={"tabular/tiny/t.csv": hashlib.sha256(prepared).hexdigest()})
    assert entry_frame(good)["u"].tolist() == ["a", "c"]
    assert Handler.asked == []
    shutil.rmtree(folder)
    assert entry_frame(good)["u"].tolist() == ["a", "c"]
    assert Handler.asked == ["/t.csv"]


def test_the_package_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("STEELYARD_DATA", str(tmp_path / "nowhere"))
    (found,) = locate(catalogue()["tabular/adult"])
    assert found.path.parent.name == "bundled"
    broken = replace(catalogue()["tabular/adult"], packaged_sha256="0" * 64)
    with pytest.raises(BadTable, match="Install the package again"):
        locate(broken)


def test_what_can_only_be_prepared_says_so(monkeypatch, tmp_path):
    monkeypatch.delenv("STEELYARD_DATA", raising=False)
    with pytest.raises(BadTable, match=r"KEEL .dat.*STEELYARD_DATA.*tabular/fars/fars.parquet"):
        locate(catalogue()["tabular/fars"])
    monkeypatch.setenv("STEELYARD_DATA", str(tmp_path))
    with pytest.raises(BadTable, match="has not got it"):
        locate(catalogue()["tabular/fars"])


def test_the_cache_folder_is_not_made_by_asking(monkeypatch, tmp_path):
    monkeypatch.delenv("STEELYARD_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == tmp_path / "xdg" / "steelyard"
    assert not (tmp_path / "xdg").exists()


def test_parts_of_an_archive_are_joined(served, tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("one.data", "a, 1, yes\nb, 2, no\n")
        archive.writestr("two.data", "|a remark\nc, ?, yes.\n")
    (tmp_path / "served" / "t.zip").write_bytes(stream.getvalue())
    digest = hashlib.sha256(stream.getvalue()).hexdigest()
    url = f"{served}/t.zip"
    entry = replace(
        entry_at(url),
        official=(
            OfficialFile(url, digest, "one.data", "train"),
            OfficialFile(url, digest, "two.data", "test"),
        ),
        official_format={
            "columns": ["u", "v", "target"],
            "padded": True,
            "comment": "|",
            "missing": ["?"],
            "strip": ".",
        },
    )
    frame = entry_frame(entry)
    assert Handler.asked == ["/t.zip"]
    assert frame["part"].tolist() == ["train", "train", "test"]
    assert frame["target"].tolist() == ["yes", "no", "yes"]
    assert frame["v"].tolist()[:2] == [1, 2]
    assert pd.isna(frame["v"].iloc[2])
