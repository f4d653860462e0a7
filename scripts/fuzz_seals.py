"""Seals and proof files, changed at random in their bytes and in their parts; drawn by ``fuzz_guard.py``."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from steelyard.errors import SteelyardError
from steelyard.guard.seal import PublicKey, check_proof, create_seal, generate_key, prove, read_data_seal

__all__ = ["Sealed", "make_seals", "proof_mutants", "seal_mutants"]

RECORDS = 12
LABELS = ("truck", "car", "car", "bus")
Mutant = tuple[str, Callable[[], bool]]


@dataclass(frozen=True)
class Sealed:
    """A true seal, the key it is trusted by, and seals of the same data that nobody should trust."""

    name: str
    data: bytes
    trust: PublicKey
    strangers: tuple[bytes, ...]
    proofs: tuple[dict[str, Any], ...]
    root: str


def make_seals(folder: Path, rng: random.Random) -> list[Sealed]:
    """Seal a folder and a table in several ways."""
    files = folder / "data"
    files.mkdir()
    rows = []
    for number in range(RECORDS):
        (files / f"{number}.bin").write_bytes(rng.randbytes(20))
        rows.append(
            {"path": f"{number}.bin", "label": rng.choice(LABELS), "split": rng.choice(["train", "test"])}
        )
    labels = folder / "labels.csv"
    pd.DataFrame(rows).to_csv(labels, index=False)
    table = pd.DataFrame({"amount": range(RECORDS), "kind": [row["label"] for row in rows]})
    ways: list[tuple[str, str, dict[str, Any]]] = [
        ("folder", "ed25519", {"source": files, "labels": labels}),
        ("salted folder, both keys", "hybrid", {"source": files, "labels": labels, "salted": True}),
        ("table", "ed25519", {"source": table, "target": "kind"}),
        ("log, ML-DSA-65", "ml-dsa-65", {"source": files, "labels": labels, "mode": "log"}),
    ]
    made = []
    for number, (name, kind, options) in enumerate(ways):
        key, path = generate_key(kind), folder / f"{number}.seal"
        create_seal(out=path, key=key, **options)
        strangers = []
        for place, other in enumerate((None, generate_key(kind))):
            create_seal(out=folder / f"{number}-{place}.seal", key=other, **options)
            strangers.append((folder / f"{number}-{place}.seal").read_bytes())
        seal = read_data_seal(path, trust=key.public())
        proofs = tuple(json.loads(json.dumps(prove(seal, entry.id))) for entry in seal.entries)
        made.append(Sealed(name, path.read_bytes(), key.public(), tuple(strangers), proofs, seal.root))
    return made


def changed_bytes(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    """Bytes changed without a look at what they mean."""
    at, to = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    kind = rng.choice(["bit", "insert", "delete", "cut", "noise", "double", "drop", "append"])
    if kind == "bit":
        return "one bit", data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
    if kind == "insert":
        return "byte inserted", data[:at] + rng.choice([rng.randbytes(1), data[to : to + 1]]) + data[at:]
    if kind == "delete":
        return "byte deleted", data[:at] + data[at + 1 :]
    if kind == "cut":
        return "cut short", data[:at]
    if kind == "noise":
        length = rng.randint(1, 16)
        return "bytes overwritten", data[:at] + rng.randbytes(length) + data[at + length :]
    if kind == "double":
        return "stretch doubled", data[:to] + data[at:to] + data[to:]
    if kind == "drop":
        return "stretch dropped", data[:at] + data[to:]
    return "bytes after the end", data + rng.choice([b"\n", b" ", b"\0", data[at:], rng.randbytes(4)])


def leaves(value: Any) -> list[tuple[Any, Any]]:
    """Every place in JSON that holds a value, as its holder and key."""
    found = []
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        found.append((value, key))
        if isinstance(item, (dict, list)):
            found += leaves(item)
    return found


def changed_value(rng: random.Random, value: Any) -> Any:
    """Another value, of the same type or not."""
    if isinstance(value, bool) or value is None:
        return rng.choice([not value, 0, "", "none"])
    if isinstance(value, int):
        return rng.choice([value + 1, value - 1, -value, value ^ 1, float(value), str(value), None])
    if isinstance(value, str) and value:
        at = rng.randrange(len(value))
        other = value[:at] + rng.choice("0123456789abcdefABCDEF=/+. ") + value[at + 1 :]
        return rng.choice([other, value[1:], value + value[-1:], value.upper(), value + " ", None, [value]])
    return rng.choice([None, 1, "x", [value], {}])


def changed_json(rng: random.Random, content: Any) -> tuple[str, Any]:
    """A copy changed in one value, or with two of them swapped, one doubled or left out."""
    content = json.loads(json.dumps(content))
    places = leaves(content)
    (holder, key), (other, other_key) = rng.choice(places), rng.choice(places)
    kind = rng.choice(["change", "change", "swap", "drop", "add"])
    if kind == "swap":
        held = json.dumps(holder[key])
        holder[key], other[other_key] = json.loads(json.dumps(other[other_key])), json.loads(held)
        return "two values swapped", content
    if kind == "drop":
        del holder[key]
        return "value left out", content
    if kind == "add":
        if isinstance(holder, list):
            holder.insert(key, json.loads(json.dumps(holder[key])))
        else:
            holder[f"{key}2"] = json.loads(json.dumps(holder[key]))
        return "value doubled", content
    holder[key] = changed_value(rng, holder[key])
    return "value changed", content


def line(content: Any) -> bytes:
    """JSON as a line of a seal."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def head(content: Any) -> bytes:
    """JSON as the header of a seal."""
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


def changed_seal(rng: random.Random, sealed: Sealed, others: list[Sealed]) -> tuple[str, bytes]:
    """A seal changed by someone who knows what it means, but not the key."""
    first, *lines = sealed.data.splitlines(keepends=True)
    header = json.loads(first)
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.choice(["records", "record", "header", "signed", "foreign", "signature", "stranger"])
    if kind == "records":
        word = rng.choice(["record doubled", "record dropped", "two records swapped", "two labels swapped"])
        if word == "record doubled":
            lines.insert(b, lines[a])
        elif word == "record dropped":
            del lines[a]
        elif word == "two records swapped":
            lines[a], lines[b] = lines[b], lines[a]
        else:
            one, two = json.loads(lines[a]), json.loads(lines[b])
            one[3], two[3] = two[3], one[3]
            lines[a], lines[b] = (line(one), line(two)) if a != b else (lines[a], lines[b])
        return word, b"".join([first, *lines])
    if kind == "record":
        word, content = changed_json(rng, json.loads(lines[a]))
        lines[a] = line(content)
        return f"record, {word}", b"".join([first, *lines])
    if kind == "header":
        word, header = changed_json(rng, header)
        return f"header, {word}", b"".join([head(header), *lines])
    if kind == "signed":  # what is signed and what people read agree, only the signature does not
        word, statement = changed_json(rng, header["statement"])
        header["statement"] = statement
        payload = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        header["envelope"]["payload"] = base64.b64encode(payload.encode()).decode()
        return f"statement and payload, {word}", b"".join([head(header), *lines])
    if kind == "foreign":
        other = json.loads(rng.choice(others).data.splitlines()[0])
        part = rng.choice([key for key in header if key in other])
        header[part] = other[part]
        return "part of another seal", b"".join([head(header), *lines])
    signatures = header["envelope"]["signatures"]
    if kind == "signature":
        other = json.loads(rng.choice(others).data.splitlines()[0])["envelope"]["signatures"]
        header["envelope"]["signatures"] = rng.choice(
            [[], signatures + signatures[:1], signatures[1:], other, signatures + other, other + signatures]
            + [signatures[::-1], [{**signatures[0], "sig": other[0]["sig"]}, *signatures[1:]]]
        )
        return "signatures", b"".join([head(header), *lines])
    return "sealed anew by a stranger", rng.choice(sealed.strangers)


def seal_mutants(rng: random.Random, seals: list[Sealed], folder: Path) -> Iterator[Mutant]:
    """Changed seals, without end; each is written to a file, as it would come."""
    path = folder / "changed.seal"
    while True:
        sealed = rng.choice(seals)
        word, data = rng.choice(
            [lambda: changed_bytes(rng, sealed.data), lambda: changed_seal(rng, sealed, seals)]  # noqa: B023
        )()
        if data == sealed.data:
            continue

        def check(data: bytes = data, sealed: Sealed = sealed) -> bool:
            path.write_bytes(data)
            return read_data_seal(path, trust=sealed.trust) is not None

        yield f"seal, {word}", check


def meaning(data: bytes) -> str | None:
    """What JSON says, however it is set; None where it says nothing."""
    try:
        return json.dumps(json.loads(data), sort_keys=True)
    except (ValueError, RecursionError):
        return None


def proof_mutants(rng: random.Random, seals: list[Sealed]) -> Iterator[Mutant]:
    """Changed proof files, without end; one that says the same in other words is no change."""
    while True:
        sealed = rng.choice(seals)
        good = rng.choice(sealed.proofs)
        if rng.random() < 0.5:
            word, data = changed_bytes(rng, json.dumps(good).encode())
        else:
            word, content = changed_json(rng, good)
            if rng.random() < 0.2:
                word, content = "part of another proof", dict(good)
                part = rng.choice(list(good))
                content[part] = rng.choice(rng.choice(seals).proofs)[part]
            data = json.dumps(content).encode()
        if meaning(data) == meaning(json.dumps(good).encode()):
            continue

        def check(data: bytes = data, sealed: Sealed = sealed) -> bool:
            try:
                content = json.loads(data)
            except (ValueError, RecursionError) as error:
                raise SteelyardError("not JSON") from error  # as `read_proof` says it
            return check_proof(content, root=f"sha256:{sealed.root}", trust=sealed.trust) is not None

        yield f"proof file, {word}", check
