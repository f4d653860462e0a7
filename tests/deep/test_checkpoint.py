"""A killed training goes on where it was, with the bits it would have had; another's file is refused."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import make_classification
from torch import nn

from steelyard.deep import MLP, DeepClassifier
from steelyard.deep.backbones.small_cnn import SmallCNN
from steelyard.deep.batches import Progressive
from steelyard.deep.losses import LDAM, RunningLogitAdjusted
from steelyard.errors import BadOption


class Killed(Exception):
    pass


class KillAfter(nn.Module):
    """An augmentation that changes nothing, and stops the training in the middle of a pass."""

    def __init__(self, batches):
        super().__init__()
        self.batches = batches
        self.seen = 0

    def forward(self, rows):
        self.seen += 1
        if self.seen > self.batches:
            raise Killed
        return rows

    def __repr__(self):
        return "KillAfter()"


@pytest.fixture(scope="module")
def rows():
    return make_classification(
        300, 6, n_informative=4, n_redundant=0, n_classes=3, weights=[0.7, 0.2], flip_y=0.1, random_state=0
    )


SETTINGS = [
    {"optimizer": "adamw", "schedule": "cosine"},
    {"optimizer": "sgd", "learning_rate": 0.05, "schedule": "step", "loss": LDAM(drw_start=0.5)},
    {"optimizer": "adam", "batches": Progressive(), "loss": RunningLogitAdjusted()},
    {"early_stopping": True, "validation_share": 0.2, "patience": 3},
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize(
    "killed_after", [3, 26]
)  # of 5 or 4 batches a pass: in the first, and in a later one
def test_a_training_that_was_killed_ends_with_the_same_bits(rows, tmp_path, settings, killed_after):
    X, y = rows
    whole = DeepClassifier(
        backbone=MLP((8,)), epochs=12, batch_size=64, augment=KillAfter(10_000), random_state=3, **settings
    )
    expected = whole.fit(X, y)
    path = tmp_path / "net.safetensors"
    stopped = clone(whole).set_params(checkpoint=path, augment=KillAfter(killed_after))
    with pytest.raises(Killed):
        stopped.fit(X, y)
    assert path.exists() == (killed_after > 5)
    resumed = clone(whole).set_params(checkpoint=path).fit(X, y)
    np.testing.assert_array_equal(resumed.predict_proba(X), expected.predict_proba(X))
    assert resumed.history_ == expected.history_
    assert resumed.n_steps_ == expected.n_steps_


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_convolutions_go_on_too(tmp_path, optimizer):
    """Their weights lie in memory in an order of their own."""
    X = np.random.default_rng(0).integers(0, 256, (60, 3, 8, 8), dtype=np.uint8)
    y = np.arange(60) % 2
    whole = DeepClassifier(
        backbone=SmallCNN(widths=(4, 8), strides=(1, 2)), optimizer=optimizer, epochs=4, batch_size=20,
        augment=KillAfter(10_000), random_state=0,
    )  # fmt: skip
    expected = whole.fit(X, y).predict_proba(X)
    path = tmp_path / "net.safetensors"
    with pytest.raises(Killed):
        clone(whole).set_params(checkpoint=path, augment=KillAfter(7)).fit(X, y)
    resumed = clone(whole).set_params(checkpoint=path).fit(X, y)
    np.testing.assert_array_equal(resumed.predict_proba(X), expected)


def test_a_finished_training_is_not_made_again(rows, tmp_path):
    X, y = rows
    path = tmp_path / "net.safetensors"
    model = DeepClassifier(backbone=MLP((8,)), epochs=3, random_state=0, checkpoint=path)
    first = clone(model).fit(X, y)
    again = clone(model).set_params(augment=None).fit(X, y)
    np.testing.assert_array_equal(first.predict_proba(X), again.predict_proba(X))
    written = path.stat().st_mtime_ns
    clone(model).fit(X, y)
    assert path.stat().st_mtime_ns == written


def test_a_schedule_that_is_a_function_is_known_again(rows, tmp_path):
    """It stands elsewhere in memory in the process that goes on."""

    def schedule():
        return lambda done: 1 - done / 2

    X, y = rows
    model = DeepClassifier(
        backbone=MLP((8,)),
        epochs=3,
        schedule=schedule(),
        random_state=0,
        checkpoint=tmp_path / "a.safetensors",
    ).fit(X, y)
    again = clone(model).set_params(schedule=schedule()).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_another_net_other_rows_and_other_settings_are_refused(rows, tmp_path):
    X, y = rows
    path = tmp_path / "net.safetensors"
    model = DeepClassifier(backbone=MLP((8,)), epochs=2, random_state=0, checkpoint=path).fit(X, y)
    before = path.read_bytes()
    with pytest.raises(
        BadOption, match=r"another architecture: 'backbone.layers.0.bias' is \(8,\) there and"
    ):
        clone(model).set_params(backbone=MLP((9,))).fit(X, y)
    with pytest.raises(BadOption, match="other rows or with other settings"):
        clone(model).fit(X + 1, y)
    with pytest.raises(BadOption, match="other rows or with other settings"):
        clone(model).set_params(learning_rate=0.1).fit(X, y)
    assert path.read_bytes() == before
    path.write_bytes(before[: len(before) // 2])
    with pytest.raises(BadOption, match="cannot be read"):
        clone(model).fit(X, y)
    path.write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with pytest.raises(BadOption, match="not a checkpoint of this version"):
        clone(model).fit(X, y)


LONG = """
import sys
from sklearn.datasets import make_classification
from steelyard.deep import MLP, DeepClassifier
X, y = make_classification(300, 6, random_state=0)
net = MLP((8,))
model = DeepClassifier(backbone=net, epochs={epochs}, batch_size=32, random_state=0, checkpoint={path!r})
model.fit(X, y)
print(model.predict_proba(X).sum(axis=0).tolist(), len(model.history_))
"""


def test_kill_9_then_go_on(tmp_path):
    """A real process, a real kill."""
    path, epochs = str(tmp_path / "net.safetensors"), 400
    code = [sys.executable, "-c", LONG.format(epochs=epochs, path=path)]
    running = subprocess.Popen(code, stdout=subprocess.PIPE, text=True)
    while not (tmp_path / "net.safetensors").exists() and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    assert running.communicate()[0] == ""
    resumed = subprocess.run(code, capture_output=True, text=True, check=True).stdout
    plain = LONG.format(epochs=epochs, path=None)
    whole = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, check=True).stdout
    assert resumed == whole
    assert whole.split()[-1] == str(epochs)
    assert not list(tmp_path.glob("*.part"))


def test_draws_outside_are_left_alone_by_a_resumed_fit(rows, tmp_path):
    X, y = rows
    model = DeepClassifier(
        backbone=MLP((8,)), epochs=2, random_state=0, checkpoint=tmp_path / "a.safetensors"
    )
    model.fit(X, y)
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    clone(model).fit(X, y)
    assert torch.rand(1) == expected
