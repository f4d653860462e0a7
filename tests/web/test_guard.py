import pytest

from steelyard.web.guard import is_loopback
from web.own_page import ADDRESS, OURS

PAGE = "/"


@pytest.mark.parametrize("host", ["127.0.0.1:8642", "localhost:9000", "LOCALHOST", "[::1]:8642", "127.8.8.8"])
def test_names_of_this_machine_are_answered(client, host):
    assert client.get(PAGE, headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8642",
        "192.168.1.5:8642",
        "",
        "a b",
        "user@localhost",
    ],
)
def test_a_rebound_name_is_refused(client, host):
    answer = client.get("/api/model", headers={"host": host})
    assert answer.status_code == 403
    assert "steelyard serve" in answer.json()["error"]


def test_two_host_headers_are_refused(client):
    answer = client.get(PAGE, headers=[("host", "127.0.0.1:8642"), ("host", "evil.example")])
    assert answer.status_code == 403


def test_bound_elsewhere_addresses_and_the_own_name_are_answered_but_no_other(client_of):
    client = client_of(host="lab.example")
    statuses = [
        client.get(PAGE, headers={"host": host}).status_code
        for host in ("10.0.0.7:8642", "lab.example:8642", "evil.example", "localhost")
    ]
    assert statuses == [200, 200, 403, 200]


@pytest.mark.parametrize("path", ["/api/peptides", "/api/model/train", "/api/tables?name=a.csv"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_no_foreign_page_can_make_it_work(client_of, path, headers):
    client = client_of(headers={})
    answer = client.post(path, headers=headers, content=b"ACDEFGHIKLMN")
    assert answer.status_code == 403
    assert "own page" in answer.json()["error"]


@pytest.mark.parametrize("headers", [OURS, {"sec-fetch-site": "same-origin"}])
def test_its_own_page_can(client_of, headers):
    client = client_of(headers={})
    assert client.post("/api/model/train", headers=headers).status_code == 200


def test_every_answer_carries_the_safe_headers(client):
    answers = [
        client.get("/"),
        client.get("/api/model"),
        client.get("/nowhere"),
        client.post("/", headers={"origin": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 403]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers


def test_the_policy_of_the_page_allows_its_own_style_and_script_only(client):
    policy = client.get(PAGE).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.count("'sha256-") == 2
    assert "frame-ancestors 'none'" in policy


def test_there_is_no_list_of_routes_to_find(client):
    assert {client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


def test_loopback_is_told_from_everything_else():
    assert is_loopback("127.0.0.2")
    assert not is_loopback("::")
    assert ADDRESS.startswith("http://127.")
