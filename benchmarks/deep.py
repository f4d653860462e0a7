"""What training through the deep door costs beside a bare PyTorch loop, and what its parts add to a step.

One process, one thread, processor time, medians of pairs of steps: the two sides take turns, step by step, for
what else the machine does changes within seconds. The images are noise: only time is measured. Building a
net is not counted.

Run: python benchmarks/deep.py [--quick] [--write docs/benchmarks.md]
"""

from __future__ import annotations

import argparse
import collections
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from samplers import machine
from sections import write_section
from skorch.callbacks import Callback
from torch import nn

from steelyard.deep import DeepClassifier
from steelyard.deep.array_batches import ArrayBatches
from steelyard.deep.augment.crop_flip import CropFlip
from steelyard.deep.backbones import Backbone, CifarResNet, SmallCNN
from steelyard.deep.heads import LinearHead, WithNeuralPrior
from steelyard.deep.losses import CrossEntropy
from steelyard.deep.network import Network, build_network
from steelyard.deep.parameter_groups import parameter_groups
from steelyard.deep.rows import Rows

CLASSES = 10
RATE, MOMENTUM, DECAY = 0.1, 0.9, 2e-4
LOOP_GOAL, PRIOR_GOAL, DATA_GOAL = 1.05, 0.03, 0.02
MILLI = 1000
IMPORT_RUNS = 5
BATCHES = 10  # a pass


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    depth: int = 32
    batch: int = 128
    side: int = 32
    small_side: int = 16
    pairs: int = 50
    small_pairs: int = 500
    data_batches: int = 500


QUICK = Size(depth=8, batch=16, side=16, pairs=10, small_pairs=20, data_batches=20)


def images(size: Size, n_batches: int, side: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise in the shape of small colour images, and classes."""
    draws = torch.Generator().manual_seed(0)
    rows = torch.randn(n_batches * size.batch, 3, side, side, generator=draws)
    return rows, torch.randint(CLASSES, (len(rows),), generator=draws)


def seconds_of(work: Callable[[], Any]) -> float:
    """Processor seconds of a piece of work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def bare_steps(backbone: nn.Module, rows: torch.Tensor, codes: torch.Tensor, batch: int) -> Iterator[None]:
    """Training as anybody would write it down, with the optimizer that updates all weights in one go."""
    net = nn.Sequential(backbone, nn.LazyLinear(CLASSES)).train()
    net(rows[:2])
    net = net.to(memory_format=torch.channels_last)  # as the estimator does, or its loop would look too good
    optimizer = torch.optim.SGD(net.parameters(), RATE, MOMENTUM, weight_decay=DECAY, fused=True)
    while True:
        for chosen in torch.randperm(len(rows)).split(batch):
            optimizer.zero_grad()
            images = rows[chosen].contiguous(memory_format=torch.channels_last)
            nn.functional.cross_entropy(net(images), codes[chosen]).backward()
            optimizer.step()
            yield


class BareStepBetween(Callback):
    """A step of a bare loop between two of the estimator: those of both are timed in turn."""

    def __init__(self, steps: Iterator[None]) -> None:
        self.steps = steps
        self.ours: list[float] = []
        self.bare: list[float] = []
        self.since: float | None = None

    def __deepcopy__(self, memo: Any) -> BareStepBetween:
        return self  # the estimator copies its callbacks, and the times are wanted here

    def on_batch_end(self, net: Any, **told: Any) -> None:
        if self.since is not None:
            self.ours.append(time.process_time() - self.since)
        self.bare.append(seconds_of(lambda: next(self.steps)))
        self.since = time.process_time()


def step_of_loops(size: Size) -> tuple[float, float, float]:
    """Seconds of a bare step, of one in the estimator, and the median ratio of pairs."""
    rows, codes = images(size, BATCHES, size.side)
    between = BareStepBetween(bare_steps(CifarResNet(size.depth), rows, codes, size.batch))
    sgd = {"optimizer": "sgd", "learning_rate": RATE, "momentum": MOMENTUM, "weight_decay": DECAY}
    told = {"steps": size.pairs + 2, "batch_size": size.batch, "device": "cpu", "callbacks": [between]}
    DeepClassifier(backbone=CifarResNet(size.depth), **sgd, **told).fit(rows.numpy(), codes.numpy())
    ours, bare = between.ours[1:], between.bare[1:-1]  # torch loads parts of itself at first use
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    return statistics.median(bare), statistics.median(ours), statistics.median(ratios)


def stepper(network: Network, rows: torch.Tensor, codes: torch.Tensor) -> Callable[[], None]:
    """One training step of a net, its head's own loss included."""
    groups = parameter_groups(network, RATE)
    optimizer = torch.optim.SGD(groups, RATE, MOMENTUM, weight_decay=DECAY, fused=True)
    loss = CrossEntropy()

    def step() -> None:
        optimizer.zero_grad()
        learned = network.train()(rows)
        logits, extra = learned if isinstance(learned, tuple) else (learned, None)
        each = loss.per_item(logits, codes)
        if extra is not None:
            each = each + network.head.extra_loss(extra, codes)
        each.mean().backward()
        optimizer.step()

    return step


def prior_overhead(backbone: Backbone, size: Size, side: int, pairs: int) -> tuple[float, float]:
    """Seconds of a step of cross-entropy, and the median share that the neural prior adds to it."""
    rows, codes = images(size, 1, side)
    steps = []
    for head in (LinearHead(), WithNeuralPrior()):
        torch.manual_seed(0)
        steps.append(stepper(build_network(backbone, head, rows, CLASSES), rows, codes))
    times = [(seconds_of(steps[0]), seconds_of(steps[1])) for _ in range(pairs + 1)][1:]  # the first warms up
    plain = statistics.median(first for first, _ in times)
    return plain, statistics.median(second / first for first, second in times) - 1


def seconds_a_batch(size: Size) -> float:
    """Seconds to give a batch of images, shifted and mirrored."""
    rows, codes = images(size, BATCHES, size.side)
    data = Rows.of(rows, codes.numpy(), np.ones(len(rows)))
    batches = ArrayBatches(data, size.batch, seed=0, steps=size.data_batches, augment=CropFlip().train())

    def give() -> None:
        while batches.taken < size.data_batches:
            collections.deque(batches, maxlen=0)

    return seconds_of(give) / size.data_batches


def started(program: str) -> str:
    """Run a program in a fresh interpreter; what it prints."""
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return run.stdout.strip()


def import_seconds(code: str) -> float:
    """Wall seconds that an import takes in a fresh interpreter; the least of several."""
    program = f"import time; start = time.perf_counter(); {code}; print(time.perf_counter() - start)"
    return min(float(started(program)) for _ in range(IMPORT_RUNS))


def line(what: str, measured: str, goal: str, met: bool | None) -> str:
    """A row of the table."""
    return f"| {what} | {measured} | {goal} | {'' if met is None else 'met' if met else '**missed**'} |"


def loop_lines(size: Size) -> list[str]:
    """The estimator beside a bare loop, and giving batches beside both."""
    bare, ours, ratio = step_of_loops(size)
    giving = seconds_a_batch(size)
    shape = f"batch {size.batch} of 3 x {size.side} x {size.side}"
    what = f"step of `DeepClassifier` over a bare loop's, CifarResNet({size.depth}), {shape}"
    told = f"{ours * MILLI:.1f} ms over {bare * MILLI:.1f} ms: {ratio:.3f}x"
    share = f"{giving * MILLI:.2f} ms, {100 * giving / bare:.2f} % of a bare step"
    far_below = f"below {100 * DATA_GOAL:.0f} %"
    return [
        line(what, told, f"below {LOOP_GOAL}x", ratio < LOOP_GOAL),
        line("giving such a batch, shifted and mirrored", share, far_below, giving / bare < DATA_GOAL),
    ]


def prior_lines(size: Size) -> list[str]:
    """What the neural prior adds, to a deep net and to a small one."""
    out = []
    for label, backbone, side, pairs in (
        (f"CifarResNet({size.depth})", CifarResNet(size.depth), size.side, size.pairs),
        ("SmallCNN()", SmallCNN(), size.small_side, size.small_pairs),
    ):
        plain, added = prior_overhead(backbone, size, side, pairs)
        what = f"what `WithNeuralPrior` adds to a step of cross-entropy, {label}, batch {size.batch} of 3 x {side} x {side}"
        told = f"{100 * added:.1f} % of {plain * MILLI:.1f} ms"
        out.append(line(what, told, f"below {100 * PRIOR_GOAL:.0f} %", added < PRIOR_GOAL))
    return out


def import_lines() -> list[str]:
    """What importing costs."""
    light = started("import steelyard, sys; print('torch' in sys.modules)") == "False"
    deep, alone = import_seconds("import steelyard.deep"), import_seconds("import torch, skorch")
    told = f"{deep:.2f} s, of which {alone:.2f} s are torch and skorch"
    return [
        line("`import steelyard` loads torch", "no" if light else "yes", "no", light),
        line("`import steelyard.deep`", told, "", None),
    ]


def section(rows: list[str], size: Size) -> str:
    """The table with the words around it."""
    where = f"{machine()}, torch {torch.__version__}"
    words = f"Printed by `python benchmarks/deep.py --write docs/benchmarks.md` on {where}: processor time of one thread, medians of {size.pairs} pairs of steps taken in turn, {size.small_pairs} of the small net. Both loops put channels last. The images are noise."
    return "\n".join(
        ["## Training nets", "", words, "", "| what | measured | goal | |", "|---|---|---|---|", *rows]
    )


def main() -> None:
    """Measure, print, and write where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="small sizes, to see it run; writes nothing")
    options.add_argument("--write", type=Path)
    asked = options.parse_args()
    torch.set_num_threads(1)
    size = QUICK if asked.quick else Size()
    text = section(loop_lines(size) + prior_lines(size) + import_lines(), size)
    print(text)
    if asked.write is not None and not asked.quick:
        write_section(asked.write, "deep", text)


if __name__ == "__main__":
    main()
