import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

from steelyard.cli import main
from steelyard.errors import MissingExtra, UserError
from steelyard.web import run_server

WAIT = 60


def start(tmp_path, *options):
    command = [
        sys.executable,
        "-m",
        "steelyard",
        "serve",
        "--no-open",
        "--port",
        "0",
        "--home",
        str(tmp_path),
        *options,
    ]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def told(process):
    """Lines until the address is told, and the address."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Steelyard is at "):
            return lines, line.split()[3]
    raise AssertionError("".join(lines))


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_it_serves_on_this_machine_and_stops_with_ctrl_c(tmp_path):
    process = start(tmp_path)
    try:
        lines, address = told(process)
        assert len(lines) == 1
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=WAIT) as answer:
            assert b"Steelyard" in answer.read()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=WAIT)
        assert "Traceback" not in rest
        assert process.returncode in (0, 130)
    finally:
        process.kill()
        process.communicate()
    assert list((tmp_path / "tables").iterdir()) == []


@pytest.fixture
def lines(monkeypatch, tmp_path):
    """What serve says, with a server that stops at once."""
    import uvicorn

    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)

    def served(**options):
        told = []
        run_server.serve(tmp_path, port=0, say=told.append, **options)
        return told

    return served


def test_bound_elsewhere_it_warns_first(lines):
    first, second = lines(host="0.0.0.0", open_browser=False)
    assert first.startswith("warning: bound to 0.0.0.0")
    assert "without a password" in first
    assert second.startswith("Steelyard is at http://127.0.0.1:")


def test_the_browser_is_sent_to_the_address_that_is_told(lines, monkeypatch):
    visited = []
    monkeypatch.setattr(run_server.webbrowser, "open", visited.append)
    (line,) = lines(open_browser=True)
    assert visited == [line.split()[3]]


def test_a_port_in_use_is_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(
            main, ["serve", "--no-open", "--port", str(port), "--home", str(tmp_path)]
        )
    assert result.exit_code == 2
    assert f"Port {port} of 127.0.0.1 cannot be used" in result.stderr


def test_an_address_that_is_not_ours_is_a_sentence(tmp_path):
    with pytest.raises(UserError, match=r"no address 'no\.such\.host\.invalid'"):
        run_server.serve(tmp_path, host="no.such.host.invalid", open_browser=False)


def test_a_home_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="--home"):
        run_server.serve(tmp_path / "file" / "home", open_browser=False)


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn"])
def test_without_the_extra_it_names_the_install_line(tmp_path, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra, match=r"pip install 'steelyard\[web\]'"):
        run_server.serve(tmp_path, open_browser=False)
    assert not (tmp_path / "peptide-model").exists()


def test_the_home_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv(run_server.HOME_VARIABLE, str(tmp_path / "own"))
    assert run_server.default_home() == tmp_path / "own"
    monkeypatch.delenv(run_server.HOME_VARIABLE)
    assert run_server.default_home().name == "steelyard"
