"""How commands end: exit codes, sentences, warnings, Ctrl-C, closed pipes, and bugs."""

import errno
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from cli.answers import CLEAR, INFO, WARNING
from steelyard import __version__
from steelyard.cli import main
from steelyard.errors import BadOption, BadTable, MissingExtra, SealBroken
from steelyard.flow import ModelWarning

FIT = ("fit", "claims.csv", "--target", "fraud")
CHECK = ("check", "claims.csv", "--target", "fraud")


def raising(error):
    def act(call):
        raise error

    return act


@pytest.mark.parametrize(
    ("findings", "code"),
    [([], 0), ([CLEAR], 0), ([CLEAR, INFO], 0), ([INFO, WARNING], 1)],
)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_check_ends_with_1_only_for_warnings_and_above(run, verbs, findings, code, more):
    verbs["check"].answer = findings
    result = run(*CHECK, *more)
    assert result.exit_code == code, result.output
    for finding in findings:
        assert (finding.code in result.output) == (bool(more) or finding.outcome == "found")


@pytest.mark.parametrize(
    "error",
    [BadTable("no rows. Add some."), BadOption("no."), SealBroken("broken."), MissingExtra("pip install x")],
)
def test_a_users_mistake_is_one_line_and_2(run, verbs, error):
    verbs["fit"].answer = raising(error)
    result = run(*FIT)
    assert result.exit_code == 2
    assert result.stderr == f"error: {error}\n"
    assert result.stdout == ""


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_refusing_system_is_a_sentence_and_2(run, verbs, number):
    verbs["fit"].answer = raising(OSError(number, os.strerror(number), "place"))
    result = run(*FIT)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: 'place': {os.strerror(number)}.")


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("a bug"), ValueError("a bug"), OSError(errno.EIO, "a bug")]
)
def test_a_bug_keeps_its_traceback(run, verbs, error):
    verbs["fit"].answer = raising(error)
    result = run(*FIT)
    assert result.exception is error
    assert "error:" not in result.stderr


def test_ctrl_c_says_what_is_kept(run, verbs):
    def begin(call):
        (call["out"] / ".run").mkdir(parents=True)
        raise KeyboardInterrupt

    verbs["fit"].answer = begin
    result = run(*FIT)
    assert result.exit_code == 130
    kept = Path("claims.steelyard") / ".run"
    assert result.stderr == f"stopped; finished units are kept in {kept}, continue with --resume\n"


def test_ctrl_c_with_nothing_kept(run, verbs):
    for name, command in (("fit", FIT), ("check", CHECK)):
        verbs[name].answer = raising(KeyboardInterrupt())
        result = run(*command)
        assert (result.exit_code, result.stderr) == (130, "stopped; nothing was written\n")


def test_our_warnings_are_lines_and_others_are_not_shown(run, verbs):
    def warn(call):
        warnings.warn("The seal holds. It is unsigned.", ModelWarning, stacklevel=2)
        warnings.warn("internal noise", FutureWarning, stacklevel=2)
        warnings.warn("more noise", UserWarning, stacklevel=2)
        return pd.DataFrame({"predicted": [1]})

    verbs["predict"].answer = warn
    result = run("predict", "m", "new.csv")
    assert result.exit_code == 0
    assert result.stderr == "warning: The seal holds. It is unsigned.\n"
    assert result.stdout == "predicted\n1\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek"], "Did you mean 'check'"),
        (["fit"], "Missing argument 'SOURCE'"),
        (["fit", "claims.csv", "--targte", "x"], "--target"),
        (["fit", "claims.csv", "--rare", "melt"], "merge"),
        (["fit", "claims.csv", "--jobs", "0"], "--jobs"),
        (["fit", "claims.csv", "--folds", "few"], "--folds"),
        (["balance", "claims.csv", "--with", "smote"], "--out"),
        ([], "Usage"),
    ],
)
def test_usage_errors_are_2(run, arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr + result.stdout


def test_a_bad_option_is_told_before_the_table_is_read(run, verbs):
    result = run("fit", "no such file.csv", "--target", "fraud", "--metric", "auc")
    assert result.exit_code == 2
    assert "'auc'" in result.stderr
    assert "no such file" not in result.stderr


def test_version_and_help(run):
    assert run("--version").output == f"steelyard, version {__version__}\n"
    for command in ("fit", "check", "compare", "balance", "predict", "score", "list"):
        assert command in run("--help").output
        assert run(command, "--help").exit_code == 0
        assert run(command, "-h").output == run(command, "--help").output


PROGRAM = "from steelyard.cli import main; main(prog_name='steelyard')"


def steelyard(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False, **options
    )


def test_help_loads_nothing_heavy():
    program = f"""
import sys
try:
    {PROGRAM}
except SystemExit:
    pass
heavy = {{"numpy", "pandas", "sklearn", "scipy", "skops", "rich", "joblib", "pyarrow"}} & set(sys.modules)
sys.exit(f"loaded {{heavy}}" if heavy else 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, "--help"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_ends_with_2_and_no_traceback(tmp_path):
    done = steelyard("check", "nothing.csv", "--target", "t", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes are those of POSIX systems")
def test_a_closed_pipe_is_quiet(tmp_path):
    """As ``steelyard list metrics | head -0`` does it: the reader is gone before the first line."""
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "list", "metrics"], stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    _, stderr = process.communicate()
    assert (process.returncode, stderr) == (141, "")


@pytest.mark.parametrize(
    "line",
    [
        ("balance", "claims.csv", "--target", "fraud", "--with", "smote", "-o", "claims.csv"),
        ("check", "claims.csv", "--target", "fraud", "--html", "./claims.csv"),
        ("compare", "claims.csv", "--target", "fraud", "--json", "claims.csv"),
        ("attack", "claims.csv", "--target", "fraud", "--write", "claims.csv", "--marker"),
        ("suspects", "claims.csv", "--target", "fraud", "-o", "claims.csv"),
    ],
)
def test_what_is_read_is_never_written_over(run, table, line):
    before = Path("claims.csv").read_bytes()
    result = run(*line)
    assert result.exit_code == 2
    assert "so that it would be lost" in result.stderr
    assert Path("claims.csv").read_bytes() == before


def helps(command, path=()):
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from helps(child, (*path, name))


@pytest.mark.parametrize("path", list(helps(main)), ids=" ".join)
def test_help_shows_no_marks_of_its_layout(run, path):
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert "\\b" not in result.stdout
