import pytest

pytest.importorskip("fastapi", reason="the extra web is not installed")
pytest.importorskip("httpx", reason="the test client needs httpx")

from steelyard.web.app import create_app
from steelyard.web.model_keeper import ModelKeeper
from web.own_page import ADDRESS, OURS, wait_for_model
from web.stand_in import StandIn, train


@pytest.fixture
def app_of(tmp_path):
    """Makes an application whose model is a stand-in."""

    def make(open_=lambda folder: StandIn(), train=train, **options):
        keeper = ModelKeeper(tmp_path / "model", open_=open_, train=train)
        return create_app(tmp_path / "home", keeper=keeper, **options)

    return make


@pytest.fixture
def client_of(app_of):
    """Opens a client of an application; requests come from its own page unless told otherwise."""
    from fastapi.testclient import TestClient

    opened = []

    def open_client(headers=OURS, **options):
        client = TestClient(
            app_of(**options), base_url=ADDRESS, headers=headers, raise_server_exceptions=False
        )
        client.__enter__()
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(client_of):
    """A client of a server whose model is ready."""
    made = client_of()
    wait_for_model(made)
    return made
