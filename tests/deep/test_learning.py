"""How a net learns: losses, batches, rates, groups held back, precision, divergence, many processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback
from torch import nn

from steelyard.deep import MLP, DeepClassifier
from steelyard.deep.batches import ClassAware
from steelyard.deep.losses import CrossEntropy, LogitAdjusted
from steelyard.deep.losses.base import Loss
from steelyard.deep.parameter_groups import parameter_groups
from steelyard.deep.schedules import Constant, Cosine, Step
from steelyard.deep.training import memory_told
from steelyard.errors import BadOption, BadTarget

QUICK = DeepClassifier(backbone=MLP((16,), dropout=0.0), steps=60, learning_rate=0.02, random_state=0)


@pytest.fixture(scope="module")
def rows():
    return make_classification(
        400, 6, n_informative=4, n_redundant=0, n_classes=3, weights=[0.9, 0.07], flip_y=0.02, random_state=1
    )


def test_no_loss_and_torchs_own_cross_entropy_are_ours(rows):
    X, y = rows
    plain = clone(QUICK).fit(X, y).predict_proba(X)
    for loss in (CrossEntropy(), nn.CrossEntropyLoss(), nn.CrossEntropyLoss(reduction="sum")):
        np.testing.assert_array_equal(clone(QUICK).set_params(loss=loss).fit(X, y).predict_proba(X), plain)


def test_a_loss_is_told_the_counts_of_the_rows_learned_from(rows):
    X, y = rows
    told = []

    class Told(Loss):
        def _learn_counts(self, counts):
            told.append(counts.tolist())

        def _of_items(self, logits, targets):
            return nn.functional.cross_entropy(logits, targets, reduction="none")

    model = clone(QUICK).set_params(loss=Told(), early_stopping=True, steps=2).fit(X, y)
    kept = np.setdiff1d(np.arange(len(y)), model.validation_rows_)
    assert told == [np.bincount(y[kept]).tolist()]


def test_a_loss_that_gives_one_number_is_refused(rows):
    class Mean(nn.Module):
        def forward(self, logits, targets):
            return logits.mean()

    with pytest.raises(BadOption, match=r"one number an item, shape \(256,\). Got \(\)"):
        clone(QUICK).set_params(loss=Mean()).fit(*rows)


@pytest.mark.parametrize("change", [{"loss": LogitAdjusted()}, {"batches": ClassAware()}])
def test_what_serves_the_tail_lifts_its_recall(rows, change):
    X, y = rows
    plain = clone(QUICK).fit(X, y).predict(X)
    changed = clone(QUICK).set_params(**change).fit(X, y).predict(X)
    rarest = y == 2
    assert (changed[rarest] == 2).mean() > (plain[rarest] == 2).mean()


def test_batches_by_class_show_each_class_as_often(rows):
    X, y = rows
    seen = []

    class Counting(nn.Module):
        joint = True

        def forward(self, rows, codes):
            seen.append(np.bincount(codes, minlength=3))
            return rows, codes

    clone(QUICK).set_params(batches=ClassAware(), augment=Counting(), steps=20).fit(X, y)
    total = np.sum(seen, axis=0)
    assert total.max() - total.min() <= 20


def test_the_rate_follows_the_schedule(rows):
    rates = []

    class Rates(Callback):
        def on_batch_end(self, net, training, **_):
            rates.append(net.optimizer_.param_groups[0]["lr"])

        def __deepcopy__(self, memo):
            return self

    clone(QUICK).set_params(schedule="step", steps=100, callbacks=[Rates()], learning_rate=0.5).fit(*rows)
    np.testing.assert_allclose(rates, [0.5] * 80 + [0.05] * 10 + [0.005] * 10)
    rates.clear()
    clone(QUICK).set_params(schedule=Cosine(warmup=0.1), steps=50, callbacks=[Rates()]).fit(*rows)
    assert int(np.argmax(rates)) == 5
    assert rates[0] > 0
    assert min(rates) == rates[-1] > 0


def test_schedules():
    assert [Constant(warmup=0.5)(done) for done in (0.0, 0.25, 0.5, 1.0)] == [0.0, 0.5, 1.0, 1.0]
    assert [Step(at=(0.5,), factor=0.2)(done) for done in (0.0, 0.49, 0.5)] == [1.0, 1.0, 0.2]
    assert Cosine()(0.25) == pytest.approx(np.cos(np.pi / 8) ** 2)


def test_a_part_that_learns_slowly(rows):
    X, y = rows
    net = nn.Sequential(nn.Linear(6, 5), nn.Sequential(nn.Linear(5, 5), nn.Linear(5, 4)))
    net[1].learning_rate_factor = 0.5
    net[1][1].learning_rate_factor = 0.0
    groups = parameter_groups(net, 0.2)
    assert [(group["lr"], sum(p.numel() for p in group["params"])) for group in groups] == [
        (0.2, 35),
        (0.1, 30),
        (0.0, 24),
    ]
    model = DeepClassifier(backbone=net, pretrained=True, steps=5, weight_decay=0.0, random_state=0).fit(X, y)
    learned = model.module_.backbone
    assert torch.equal(learned[1][1].weight, net[1][1].weight)
    assert not torch.equal(learned[1][0].weight, net[1][0].weight)


def test_groups_are_held_back_whole(rows):
    X, y = rows
    groups = np.arange(len(y)) // 8
    model = clone(QUICK).set_params(early_stopping=True, validation_share=0.2).fit(X, y, groups=groups)
    held = model.validation_rows_
    assert 0.1 < len(held) / len(y) < 0.3
    assert not np.intersect1d(groups[held], np.delete(groups, held)).size
    with pytest.raises(BadOption, match="one group only"):
        clone(model).fit(X, y, groups=np.zeros(len(y)))
    with pytest.raises(BadTarget, match="groups"):
        clone(model).fit(X, y, groups=groups[:-1])


def test_training_that_diverges_late_keeps_the_last_good_weights(rows):
    X, y = rows

    def explodes_half_way(done):
        return 1.0 if done < 0.5 else 1e38

    steady = clone(QUICK).set_params(steps=None, epochs=4, schedule=None)
    model = clone(steady).set_params(epochs=8, schedule=explodes_half_way)
    with pytest.warns(ConvergenceWarning, match=r"diverged in pass 5: .* after pass 4"):
        model.fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), steady.fit(X, y).predict_proba(X))


def test_lack_of_memory_is_told_and_other_errors_pass():
    with pytest.raises(BadOption, match=r"batches of 64 rows\. Lower batch_size"), memory_told(64):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory")
    with pytest.raises(BadOption, match="Memory ran out"), memory_told(64):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    with pytest.raises(RuntimeError, match="shape"), memory_told(64):
        raise RuntimeError("wrong shape")


def test_half_precision_learns_nearly_the_same(rows):
    pytest.importorskip("accelerate")
    X, y = rows
    full = clone(QUICK).fit(X, y)
    half = clone(QUICK).set_params(precision="bf16").fit(X, y)
    assert all(weights.dtype == torch.float32 for weights in half.module_.parameters())
    difference = np.abs(full.predict_proba(X) - half.predict_proba(X))
    assert 0 < difference.max() < 0.2
    np.testing.assert_array_equal(
        half.predict_proba(X), clone(QUICK).set_params(precision="bf16").fit(X, y).predict_proba(X)
    )
    with pytest.raises(BadOption, match="needs a GPU"):
        clone(QUICK).set_params(precision="fp16", device="cpu").fit(X, y)


TOGETHER = """
import sys
import numpy as np
from sklearn.datasets import make_classification
from steelyard.deep import MLP, DeepClassifier
X, y = make_classification(240, 6, random_state=0)
net = DeepClassifier(backbone=MLP((16,), norm=None, dropout=0.0), optimizer="sgd", learning_rate=0.1,
                     epochs=4, batch_size=60, device="cpu", random_state=0).fit(X, y)
np.save(sys.argv[1] + str(int(__import__("os").environ.get("RANK", 0))) + ".npy", net.predict_proba(X))
"""


LONGEST = 120  # seconds, so that ranks that wait for each other end


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def places(port, world):
    """What a launcher tells each process."""
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(world)}
    shared |= {"GLOO_SOCKET_IFNAME": "lo"}
    return [shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(world)]


def test_two_processes_learn_what_one_learns(tmp_path):
    """Each takes half of every batch; their mean gradient is that of the whole batch."""
    pytest.importorskip("accelerate")
    script = tmp_path / "together.py"
    script.write_text(TOGETHER)
    subprocess.run([sys.executable, script, f"{tmp_path}/one"], check=True, capture_output=True)
    ranks = [
        subprocess.Popen(
            [sys.executable, script, f"{tmp_path}/two"],
            env=os.environ | place,
            stderr=subprocess.PIPE,
            text=True,
        )
        for place in places(free_port(), 2)
    ]
    for rank in ranks:
        told = rank.communicate(timeout=LONGEST)[1]
        assert rank.returncode == 0, told[-2000:]
    one, first, second = (np.load(Path(tmp_path, name)) for name in ("one0.npy", "two0.npy", "two1.npy"))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first, one, atol=1e-5)
    assert np.ptp(one[:, 0]) > 0.5
