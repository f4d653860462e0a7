"""The address of the page under test, and waiting until its model is there."""

import time

ADDRESS = "http://127.0.0.1:8642"
OURS = {"origin": ADDRESS}
LOOKS, PAUSE = 200, 0.02


def wait_for_model(client):
    """Return what the server says of its model once it is neither opened nor trained any more."""
    for _ in range(LOOKS):
        state = client.get("/api/model").json()
        if state["status"] not in ("opening", "training"):
            return state
        time.sleep(PAUSE)
    raise AssertionError("the model never came")
