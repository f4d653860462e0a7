"""Change proofs and seals at random and count how many pass all the same: none may.

A proof of one record is changed in its leaf hash, root, index, size or steps; one of growth likewise; a seal
in its bytes and in its parts. What a verifier refuses by an error of the package counts as refused; any other
error is a bug and ends the run with 1, as does a change that passes.

The size in a proof needs a word: the way up from a record may be the very same in trees of several sizes (the
first of three, the first of four), and no check of the way can tell these apart. Such changes of size are
drawn again and counted apart: it is the signed statement that holds the size.

The seed fixes all that is drawn but the keys, which are new in each run, so that counts of changed seals differ a
little between two runs of one seed.

Run: python scripts/fuzz_guard.py --mutations 100000 [--seed 0]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fuzz_seals import make_seals, proof_mutants, seal_mutants

from steelyard.errors import SteelyardError
from steelyard.guard.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from steelyard.guard.merkle.subtrees import largest_power_below

LARGEST = 300
PER_TREE = 40  # changes drawn from one tree before the next is made
HASH_BITS = 256
SAME = "size with the very same way: not told apart, drawn again"
Mutant = tuple[str, Callable[[], bool]]


def flipped(rng: random.Random, data: bytes) -> bytes:
    """The bytes with one bit changed."""
    bit = rng.randrange(8 * len(data))
    return data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :]


def near(rng: random.Random, number: int) -> int:
    """Another number: one bit away, one more or less, or any."""
    return rng.choice([number ^ 1 << rng.randrange(10), number + 1, number - 1, rng.randrange(2 * LARGEST)])


def other_steps(rng: random.Random, steps: list[bytes], stock: list[bytes]) -> tuple[str, list[bytes]]:
    """A list of steps changed in one way."""
    at = rng.randrange(len(steps)) if steps else 0
    kind = rng.choice(["bit", "drop", "add", "double", "swap", "cut", "long", "replace", "empty", "reverse"])
    changed = list(steps)
    if kind == "add" or not steps:
        changed.insert(rng.randint(0, len(steps)), rng.choice(stock))
        return "step added", changed
    if kind == "bit":
        changed[at] = flipped(rng, steps[at])
    elif kind == "drop":
        del changed[at]
    elif kind == "double":
        changed.insert(at, steps[at])
    elif kind == "swap":
        to = rng.randrange(len(steps))
        changed[at], changed[to] = changed[to], changed[at]
    elif kind == "cut":
        changed[at] = steps[at][: rng.randrange(len(steps[at]))]
    elif kind == "long":
        changed[at] = steps[at] + rng.randbytes(rng.randint(1, 32))
    elif kind == "replace":
        changed[at] = rng.choice(stock)
    elif kind == "empty":
        changed = []
    else:
        changed.reverse()
    words = {
        "bit": "one bit of a step",
        "drop": "step dropped",
        "double": "step doubled",
        "swap": "two steps swapped",
        "cut": "step cut short",
        "long": "step too long",
        "replace": "step of elsewhere",
        "empty": "all steps dropped",
        "reverse": "steps reversed",
    }
    return words[kind], changed


def way(index: int, size: int) -> tuple[str, ...]:
    """On which side the siblings are, from the root down."""
    sides = []
    while size > 1:
        left = largest_power_below(size)
        sides.append("right" if index < left else "left")
        index, size = (index, left) if index < left else (index - left, size - left)
    return tuple(sides)


def growth(older: int, newer: int) -> tuple[str, ...]:
    """What the steps of a proof of growth stand for, from the root down."""
    sides = []
    while older != newer:
        left = largest_power_below(newer)
        sides.append("right" if older <= left else "left")
        older, newer = (older, left) if older <= left else (older - left, newer - left)
    return (*sides, "older root" if "left" not in sides else "first step")


def inclusion_mutants(rng: random.Random, counts: Counter[str]) -> Iterator[Mutant]:
    """Changed proofs that a record is in, without end."""
    while True:
        n = rng.randint(1, LARGEST)
        records = [rng.randbytes(rng.randint(0, 8)) + number.to_bytes(2, "big") for number in range(n)]
        leaves, made = [leaf_hash(record) for record in records], root(records)
        for _ in range(PER_TREE):
            m = rng.randrange(n)
            good = {
                "leaf_hash": leaves[m],
                "index": m,
                "size": n,
                "proof": inclusion_proof(leaves, m),
                "root": made,
            }
            if not verify_inclusion(**good):
                raise RuntimeError("a true proof was refused")
            field = rng.choice([*good, "proof", "proof"])
            bad, kind = dict(good), f"inclusion, {field}"
            if field in ("index", "size"):
                bad[field] = near(rng, good[field])
            elif field == "proof":
                word, bad[field] = other_steps(rng, good[field], leaves)
                kind = f"inclusion, {word}"
            else:
                bad[field] = rng.choice(
                    [flipped(rng, good[field]), rng.choice(leaves), b"", good[field].hex()]
                )
            if bad == good:
                continue
            if field == "size" and bad["size"] > m and way(m, bad["size"]) == way(m, n):
                counts[SAME] += 1
                continue
            yield kind, lambda bad=bad: verify_inclusion(**bad)


def consistency_mutants(rng: random.Random, counts: Counter[str]) -> Iterator[Mutant]:
    """Changed proofs that a tree only grew, without end."""
    while True:
        n = rng.randint(2, LARGEST)
        records = [rng.randbytes(rng.randint(0, 8)) + number.to_bytes(2, "big") for number in range(n)]
        leaves, made = [leaf_hash(record) for record in records], root(records)
        for _ in range(PER_TREE):
            m = rng.randrange(1, n)
            steps = consistency_proof(leaves, m)
            good = {"size1": m, "size2": n, "proof": steps, "root1": root(records[:m]), "root2": made}
            if not verify_consistency(**good):
                raise RuntimeError("a true proof was refused")
            field = rng.choice([*good, "proof", "proof"])
            bad, kind = dict(good), f"growth, {field}"
            if field.startswith("size"):
                bad[field] = near(rng, good[field])
            elif field == "proof":
                word, bad[field] = other_steps(rng, steps, leaves)
                kind = f"growth, {word}"
            else:
                bad[field] = rng.choice(
                    [flipped(rng, good[field]), rng.choice(leaves), b"", good[field].hex()]
                )
            if bad == good:
                continue
            sizes = bad["size1"], bad["size2"]
            if field.startswith("size") and 1 <= sizes[0] <= sizes[1] and growth(*sizes) == growth(m, n):
                counts[SAME] += 1
                continue
            yield kind, lambda bad=bad: verify_consistency(**bad)


def judged(check: Callable[[], Any]) -> str:
    """What became of a change."""
    try:
        return "ACCEPTED" if check() is not False else "refused"
    except SteelyardError:
        return "refused by an error"


def main() -> int:
    """Draw, check, count, print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--mutations", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args()
    rng, drawn_again = random.Random(asked.seed), Counter[str]()
    found: Counter[tuple[str, str]] = Counter()
    start = time.process_time()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seals = make_seals(folder, rng)
        sources = [
            inclusion_mutants(rng, drawn_again),
            consistency_mutants(rng, drawn_again),
            seal_mutants(rng, seals, folder),
            proof_mutants(rng, seals),
        ]
        for number in range(asked.mutations):
            kind, check = next(sources[number % len(sources)])
            found[kind, judged(check)] += 1
    verdicts = ("refused", "refused by an error", "ACCEPTED")
    print(f"| change | {' | '.join(verdicts)} |\n|---|---|---|---|")
    for kind in sorted({kind for kind, _ in found}):
        print(f"| {kind} | {' | '.join(f'{found[kind, verdict]:,}' for verdict in verdicts)} |")
    accepted = sum(count for (_, verdict), count in found.items() if verdict == "ACCEPTED")
    seconds = time.process_time() - start
    print(f"\n{sum(found.values()):,} changes, {accepted} accepted, {seconds:.0f} s, seed {asked.seed}")
    for words, count in drawn_again.items():
        print(f"{words}: {count:,}")
    return 1 if accepted else 0


if __name__ == "__main__":
    sys.exit(main())
