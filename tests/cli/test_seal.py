"""``steelyard seal`` as a user types it, with its exit codes."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("cryptography")
pytest.importorskip("rfc8785")


@pytest.fixture
def data(run, tmp_path):
    """A folder, its labels and a pair of keys, in the folder the command runs in."""
    (tmp_path / "data").mkdir()
    for name in ("0.wav", "1.wav", "2.wav"):
        (tmp_path / "data" / name).write_text(name)
    (tmp_path / "labels.csv").write_text("path,label\n0.wav,truck\n1.wav,car\n2.wav,car\n")
    assert run("seal", "keygen", "key.pem", "pub.pem", "--kind", "hybrid").exit_code == 0
    return tmp_path


CREATE = ("seal", "create", "data", "--labels", "labels.csv", "--key", "key.pem", "-o", "data.seal", "-q")
VERIFY = ("seal", "verify", "data", "data.seal", "--trust", "pub.pem", "-q")


def flip(data):
    (data / "labels.csv").write_text("path,label\n0.wav,car\n1.wav,car\n2.wav,car\n")


def test_create_verify_flip_verify(run, data):
    made = run(*CREATE)
    assert made.exit_code == 0, made.output
    assert re.fullmatch(
        r"sealed  3 records \(car 2, truck 1\)\nroot    sha256:[0-9a-f]{64}\nsigned  by key.pem\n",
        made.stdout,
    )
    assert run(*VERIFY).exit_code == 0
    assert run(*VERIFY).stdout.startswith("holds  3 of 3 records")
    flip(data)
    found = run(*VERIFY)
    assert found.exit_code == 1
    assert "changed: 0.wav (label truck to car)" in found.stdout
    assert "class truck: 1 to 0" in found.stdout
    assert "does not hold" in found.stdout
    told = json.loads(run(*VERIFY, "--json").stdout)
    assert (told["holds"], told["classes"]) == (False, {"car": [2, 3], "truck": [1, 0]})


def test_a_broken_seal_is_1_and_a_mistake_2(run, data):
    run(*CREATE)
    assert run("seal", "keygen", "other.pem", "other.pub").exit_code == 0
    wrong = run("seal", "verify", "data", "data.seal", "--trust", "other.pub", "--json")
    assert wrong.exit_code == 1
    assert wrong.stderr.startswith("error: the seal 'data.seal' is refused")
    assert json.loads(wrong.stdout)["holds"] is False
    assert run("seal", "verify", "data", "data.seal").exit_code == 2
    assert run("seal", "verify", "data", "none.seal", "--trust", "pub.pem").exit_code == 2
    assert run("seal", "verify", "none", "data.seal", "--trust", "pub.pem").exit_code == 2
    assert run("seal", "create", "none", "-o", "x.seal").exit_code == 2
    assert run("seal", "create", "data", "-o", "data.seal").exit_code == 2
    assert run("seal", "keygen", "key.pem", "p.pem").exit_code == 2
    assert run("seal", "create", "data", "-o", "y.seal", "--columns", "path").exit_code == 2
    (data / "data.seal").write_bytes((data / "data.seal").read_bytes()[:-3])
    assert run(*VERIFY).exit_code == 1


def test_an_unknown_command_lists_the_nearest(run, data):
    result = run("seal", "verfy")
    assert result.exit_code == 2
    assert "verify" in result.stderr


def test_unsigned_says_what_it_is_good_for(run, data):
    made = run("seal", "create", "data", "-o", "data.seal", "-q")
    assert "unsigned: detects accidents, not an attacker" in made.stdout
    result = run("seal", "verify", "data", "data.seal", "--unsigned", "-q")
    assert result.exit_code == 0
    assert "unsigned: detects accidents, not an attacker" in result.stdout


def test_prove_and_check_proof(run, data):
    root = json.loads(run(*CREATE, "--json").stdout)["subject"][0]["digest"]["sha256"]
    proof = run("seal", "prove", "data.seal", "--record", "1.wav")
    (data / "proof.json").write_text(proof.stdout)
    for more in (("--root", root), ("--trust", "pub.pem", "--file", "data/1.wav")):
        result = run("seal", "check-proof", "proof.json", *more)
        assert (result.exit_code, result.stdout.startswith("holds  1.wav: ")) == (0, True), result.output
    assert json.loads(run("seal", "check-proof", "proof.json", "--root", root, "--json").stdout)["holds"]
    assert run("seal", "check-proof", "proof.json", "--root", "0" * 64).exit_code == 1
    assert run("seal", "check-proof", "proof.json").exit_code == 2
    (data / "proof.json").write_text(proof.stdout.replace('"label": "car"', '"label": "truck"'))
    assert run("seal", "check-proof", "proof.json", "--root", root).exit_code == 1
    assert run("seal", "prove", "data.seal", "--record", "9").exit_code == 2


def test_diff(run, data):
    run(*CREATE)
    (data / "data/3.wav").write_text("3")
    create = [part if part != "data.seal" else "new.seal" for part in CREATE]
    assert run(*create, "--previous", "data.seal").exit_code == 0
    result = run("seal", "diff", "data.seal", "new.seal", "--trust", "pub.pem")
    assert result.exit_code == 0
    assert "1 added: 3.wav" in result.stdout
    assert "new names old among its earlier roots: yes" in result.stdout
    flip(data)
    create[create.index("new.seal")] = "flipped.seal"
    assert run(*create).exit_code == 0
    result = run("seal", "diff", "data.seal", "flipped.seal", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["relabelled"] == ["0.wav"]
    rolled = run(*VERIFY, "--last", "new.seal")
    assert rolled.exit_code == 1
    assert "does not follow" in rolled.stderr


def test_a_table(run, table):
    made = run("seal", "create", "claims.csv", "--target", "fraud", "-o", "claims.seal")
    assert made.exit_code == 0, made.output
    assert "40 records (no 34, yes 6)" in made.stdout
    path = Path("claims.csv")
    path.write_text(path.read_text().replace("39.0,19,yes", "39.0,19,no"))
    result = run("seal", "verify", "claims.csv", "claims.seal", "--unsigned")
    assert result.exit_code == 1
    assert "changed: 40 (content; label yes to no)" in result.stdout


def test_force_writes_over_seals_only(run, data):
    run(*CREATE)
    assert run(*CREATE, "--force").exit_code == 0
    for name in ("labels.csv", "key.pem"):
        before = (data / name).read_bytes()
        lost = run(
            "seal", "create", "data", "--labels", "labels.csv", "--key", "key.pem", "-o", name, "--force"
        )
        assert lost.exit_code == 2
        assert "would be lost" in lost.stderr
        assert (data / name).read_bytes() == before
    record = run("seal", "create", "data", "-o", "data/0.wav", "--force")
    assert record.exit_code == 2
    assert "'data/0.wav' is no seal" in record.stderr
    assert (data / "data" / "0.wav").read_text() == "0.wav"


def test_a_name_cannot_write_lines_of_its_own(run, data):
    (data / "data" / "a\nholds  9 of 9 records").write_text("x")
    run("seal", "create", "data", "-o", "data.seal", "-q")
    (data / "data" / "a\nholds  9 of 9 records").unlink()
    found = run("seal", "verify", "data", "data.seal", "--unsigned", "-q")
    assert found.exit_code == 1
    assert "missing: 'a\\nholds  9 of 9 records'" in found.stdout
    assert not any(line.startswith("holds") for line in found.stdout.splitlines())
