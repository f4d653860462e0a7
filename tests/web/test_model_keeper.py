import threading

import pytest

from steelyard.errors import SealBroken
from steelyard.kernels.progress import Progress
from web.own_page import wait_for_model
from web.stand_in import StandIn


def test_a_kept_model_is_opened_and_nothing_is_trained(client_of):
    client = client_of(train=lambda folder: pytest.fail("it trained"))
    state = wait_for_model(client)
    assert (state["status"], state["card"]["made"]) == ("ready", "2026-01-01 10:00")


def test_the_first_start_trains_and_the_page_sees_how_far_it_is(client_of):
    seen, go_on = threading.Event(), threading.Event()

    def slowly(folder):
        with Progress(4, "training", enabled=False) as bar:
            bar.advance(3)
            seen.set()
            go_on.wait(5)
        return StandIn()

    client = client_of(open_=lambda folder: None, train=slowly)
    assert seen.wait(5)
    state = client.get("/api/model").json()
    assert (state["status"], state["card"]) == ("training", None)
    assert state["step"] == {"label": "training", "done": 3, "total": 4, "note": ""}
    answer = client.post("/api/peptides", content=b"AAAAAAAAAAAA")
    assert answer.status_code == 503
    assert "not ready" in answer.json()["error"]
    go_on.set()
    assert wait_for_model(client)["status"] == "ready"


def test_a_broken_seal_is_refused_in_words_and_trained_anew_on_request(client_of):
    def broken(folder):
        raise SealBroken("it is not what was sealed.")

    client = client_of(open_=broken)
    state = wait_for_model(client)
    assert (state["status"], state["sentence"], state["card"]) == (
        "refused",
        "it is not what was sealed.",
        None,
    )
    assert client.post("/api/peptides", content=b"AAAAAAAAAAAA").status_code == 503
    client.post("/api/model/train")
    assert wait_for_model(client)["status"] == "ready"


def test_training_that_fails_leaves_the_model_that_was_there(client_of):
    def failing(folder):
        raise SealBroken("no room.")

    client = client_of(train=failing)
    wait_for_model(client)
    client.post("/api/model/train")
    for _ in range(100):
        state = wait_for_model(client)
        if state["sentence"]:
            break
    assert (state["status"], state["sentence"]) == ("ready", "no room.")
    assert client.post("/api/peptides", content=b"AAAAAAAAAAAA").status_code == 200


def test_a_bug_does_not_stop_the_server(client_of, caplog):
    def buggy(folder):
        raise RuntimeError("boom")

    client = client_of(open_=lambda folder: None, train=buggy)
    state = wait_for_model(client)
    assert state["status"] == "refused"
    assert "RuntimeError" in state["sentence"]
    assert "boom" in caplog.text


def test_two_requests_to_train_train_once(client_of):
    began, go_on = [], threading.Event()

    def slowly(folder):
        began.append(1)
        go_on.wait(5)
        return StandIn()

    client = client_of(train=slowly)
    wait_for_model(client)
    client.post("/api/model/train")
    client.post("/api/model/train")
    go_on.set()
    wait_for_model(client)
    assert began == [1]
