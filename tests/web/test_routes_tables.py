import sys
import time

import pytest

from steelyard.web import run_process, runs
from steelyard.web.limits import MOST_RUNS, MOST_TABLE_BYTES

ROWS = [f"{i},{'ab'[i % 2]},{int(i % 7 == 0)}" for i in range(60)]
TABLE = "\n".join(["x,level,fraud", *ROWS]).encode()

GOOD = """
import json, pathlib, sys
out = pathlib.Path(sys.argv[1]) / "result"
out.mkdir()
job = json.loads((out.parent / "job.json").read_text())
for name in ("report.html", "scorecard.json", "model.skops", "seal.json"):
    size = len((out.parent / job["file"]).read_bytes())
    (out / name).write_text(f"{name} of {job['reading']['name']} {size}")
print(json.dumps({"step": {"label": "diagnosis", "done": 1, "total": 2, "note": ""}}))
print("a library that prints")
print(json.dumps({"done": {"sentence": "It helps.", "chosen": "plain", "root": "sha256:0", "warnings": []}}))
"""
BAD = "import json, sys; print(json.dumps({'error': 'bad ' + sys.argv[1] + '/table.csv'})); sys.exit(2)"
CRASH = "raise MemoryError('no room')"
ENDLESS = "import time\nwhile True: time.sleep(1)"


@pytest.fixture
def worker(monkeypatch):
    """Lets every run be done by a program given as text."""
    real = run_process.subprocess.Popen

    def use(program):
        def begin(command, **options):
            return real([sys.executable, "-c", program, command[-1]], **options)

        monkeypatch.setattr(run_process.subprocess, "Popen", begin)

    return use


def upload(client, content=TABLE, name="claims.csv"):
    return client.post("/api/tables", params={"name": name}, content=content)


def until(client, run, *wanted):
    for _ in range(500):
        state = client.get(f"/api/tables/{run['id']}").json()
        if state["status"] in wanted:
            return state
        time.sleep(0.02)
    raise AssertionError(f"it stayed {state}")


def ended(client, run):
    return until(client, run, "done", "failed", "stopped")


def fit(client, run, **choice):
    return client.post(f"/api/tables/{run['id']}/fit", params={"target": "fraud", **choice})


def test_an_upload_is_described_and_its_label_guessed(client):
    run = upload(client).json()
    assert (run["status"], run["name"]) == ("uploaded", "claims.csv")
    assert run["about"]["rows"] == 60
    assert [column["name"] for column in run["about"]["columns"]] == ["x", "level", "fraud"]
    assert run["about"]["target"] == "fraud"
    assert run["about"]["columns"][2]["rarest"] == pytest.approx(9 / 60)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("claims.xlsx", b"PK\x03\x04", "save a spreadsheet as CSV"),
        ("claims.csv", b"PK\x03\x04" + bytes(50), "Excel workbook"),
        ("claims.csv", b"\x80\x05pickled", "never opened"),
        ("model.pkl", b"\x80\x05", "must end in one of"),
        ("claims.csv", b"", "empty file 'claims.csv'"),
        ("claims.csv", b"a,b\n1,2,3\n", "2 cells in every row of 'claims.csv'"),
        ("claims.parquet", b"a,b\n1,2\n", "'claims.parquet'"),
    ],
)
def test_what_is_no_table_is_told_by_the_name_it_came_with(client, tmp_path, name, content, says):
    answer = upload(client, content, name)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert str(tmp_path) not in answer.json()["error"]
    assert kept(tmp_path) == []


def kept(tmp_path):
    """Folders of runs that are on disk."""
    (server,) = (tmp_path / "home" / "tables").iterdir()
    return [path for path in server.iterdir() if path.is_dir()]


def test_windows_text_is_read_with_a_note(client):
    run = upload(client, "naïve,y\n1,a\n2,b\n".encode("cp1252")).json()
    assert run["about"]["encoding"] == "cp1252"
    assert "Windows" in run["about"]["notes"][0]


def test_a_table_that_is_too_large_leaves_nothing_behind(client, tmp_path, monkeypatch):
    from steelyard.web import routes_tables

    monkeypatch.setattr(routes_tables, "MOST_TABLE_BYTES", 100)
    answer = upload(client, iter([b"a,b\n" * 20, b"1,2\n" * 20]))
    assert answer.status_code == 413
    assert kept(tmp_path) == []
    assert MOST_TABLE_BYTES == 50_000_000


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd.csv", "..\\..\\x.csv", "/etc/x.csv", "a\0b\n.csv", "C:\\x.csv"]
)
def test_names_lead_nowhere(client, tmp_path, name):
    run = upload(client, name=name).json()
    (folder,) = kept(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["table.csv"]
    assert run["name"].isprintable()


def test_a_run_is_followed_to_its_report(client, worker, tmp_path):
    worker(GOOD)
    run = upload(client).json()
    assert fit(client, run, quick=True).json()["target"] == "fraud"
    state = ended(client, run)
    assert (state["status"], state["done"]["sentence"]) == ("done", "It helps.")
    assert state["step"]["label"] == "diagnosis"
    report = client.get(f"/api/tables/{run['id']}/report")
    assert report.text == f"report.html of claims.csv {len(TABLE)}"
    policy = report.headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "script" not in policy
    assert "frame-ancestors 'self'" in policy
    for name in ("report.html", "scorecard.json", "model.skops", "seal.json"):
        answer = client.get(f"/api/tables/{run['id']}/files/{name}")
        assert answer.text.startswith(name)
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    "file", ["table.csv", "..%2Ftable.csv", "../job.json", "..%2F..%2Flock", "log.txt", "%00"]
)
def test_only_the_four_files_of_a_result_can_be_had(client, worker, file):
    worker(GOOD)
    run = upload(client).json()
    fit(client, run)
    ended(client, run)
    assert client.get(f"/api/tables/{run['id']}/files/{file}").status_code == 404


def test_nothing_can_be_had_before_the_run_is_done(client):
    run = upload(client).json()
    assert client.get(f"/api/tables/{run['id']}/report").status_code == 404


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ({"target": "nowhere"}, "no column 'nowhere'"),
        ({"groups": "nowhere"}, "no column 'nowhere'"),
        ({"miss": 20}, "both prices"),
    ],
)
def test_choices_that_make_no_sense_are_told(client, choice, says):
    run = upload(client).json()
    answer = fit(client, run, **choice)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_prices_are_positive_numbers(client):
    run = upload(client).json()
    assert fit(client, run, miss=-1, false_alarm=1).status_code == 422
    assert fit(client, run, miss="x", false_alarm=1).status_code == 422


def test_a_table_that_cannot_be_learned_from_says_why_under_its_own_name(client, worker):
    worker(BAD)
    run = upload(client).json()
    fit(client, run)
    state = ended(client, run)
    assert (state["status"], state["sentence"]) == ("failed", "bad claims.csv")


def test_a_crash_is_told_with_its_last_words(client, worker):
    worker(CRASH)
    run = upload(client).json()
    fit(client, run)
    assert "MemoryError: no room" in ended(client, run)["sentence"]


def test_runs_wait_for_each_other_and_can_be_stopped(client, worker):
    worker(ENDLESS)
    first, second = upload(client).json(), upload(client).json()
    fit(client, first)
    until(client, first, "running")
    state = fit(client, second).json()
    assert (state["status"], state["ahead"]) == ("waiting", 1)
    assert fit(client, second).status_code == 400
    client.post(f"/api/tables/{second['id']}/stop")
    assert client.get(f"/api/tables/{second['id']}").json()["status"] == "stopped"
    client.post(f"/api/tables/{first['id']}/stop")
    assert ended(client, first)["status"] == "stopped"
    worker(GOOD)
    fit(client, second)
    assert ended(client, second)["status"] == "done"


def test_two_tables_at_once_keep_their_own_results(client, worker):
    worker(GOOD)
    tables = {f"t{i}.csv": TABLE + b"\n" * i for i in range(4)}
    made = {name: upload(client, content, name).json() for name, content in tables.items()}
    for run in made.values():
        fit(client, run)
    for name, run in made.items():
        assert ended(client, run)["name"] == name
        assert (
            client.get(f"/api/tables/{run['id']}/report").text == f"report.html of {name} {len(tables[name])}"
        )


def test_removing_a_run_removes_everything_of_it(client, worker, tmp_path):
    worker(ENDLESS)
    run = upload(client).json()
    fit(client, run)
    until(client, run, "running")
    assert client.delete(f"/api/tables/{run['id']}").json() == {"removed": True}
    assert client.get(f"/api/tables/{run['id']}").status_code == 404
    for _ in range(100):
        if not kept(tmp_path):
            return
        time.sleep(0.05)
    raise AssertionError("its folder stayed")


def test_there_is_an_end_to_what_is_kept(client, worker):
    worker(GOOD)
    made = [upload(client).json() for _ in range(MOST_RUNS)]
    answer = upload(client)
    assert answer.status_code == 400
    assert "already here" in answer.json()["error"]
    fit(client, made[3])
    ended(client, made[3])
    assert upload(client).status_code == 200
    assert client.get(f"/api/tables/{made[3]['id']}").status_code == 404


def test_a_server_that_stops_leaves_no_table_behind(client_of, tmp_path):
    client = client_of()
    upload(client)
    client.__exit__(None, None, None)
    assert list((tmp_path / "home" / "tables").iterdir()) == []
    client.__enter__()


def test_what_a_killed_server_left_is_removed_and_a_living_one_is_left_alone(tmp_path):
    first = runs.Runs(tmp_path)
    dead = tmp_path / "dead"
    dead.mkdir()
    (dead / runs.LOCK).write_text("1\n")
    (dead / "table.csv").write_text("secret")
    second = runs.Runs(tmp_path)
    assert not dead.exists()
    assert first.folder.exists()
    second.close()
    first.close()
    assert list(tmp_path.iterdir()) == []
