"""``steelyard seal``: keys, and seals of data made, checked, proved and compared."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Commands
from steelyard.cli.show import write_json
from steelyard.errors import BadOption, SealBroken

__all__ = ["seal"]

BROKEN = 1
SHOWN = 20  # ids in one listing; --json has them all
trust_option = click.option("--trust", metavar="PUB.PEM", help="Public key that must have signed it.")


def _columns(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str] | None:
    pairs = [text.partition("=") for text in shared.names(context, parameter, values)]
    for name, equals, call in pairs:
        if not equals or not call:
            raise BadOption(f"--columns takes path=filename,label=class. Got {name!r} instead.")
    return {name: call for name, _, call in pairs} or None


@contextlib.contextmanager
def _verdict(json_to: str | None = None) -> Iterator[None]:
    """End with 1 where a seal or proof does not hold; what cannot be asked at all ends with 2."""
    try:
        yield
    except SealBroken as error:
        if json_to:
            write_json({"holds": False, "error": str(error)}, json_to)
        click.echo(f"error: {error}", err=True)
        click.get_current_context().exit(BROKEN)


def _safe(text: Any) -> str:
    """Text as it is, or with escapes where a name could fake a line of its own."""
    return str(text) if str(text).isprintable() else ascii(str(text))


def _listed(what: str, names: list[str]) -> None:
    if names:
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        click.echo(f"{len(names)} {what}: {', '.join(map(_safe, names[:SHOWN]))}{more}")


def _changed(changes: list[dict[str, Any]]) -> None:
    for change in changes[:SHOWN]:
        parts = [
            name if name == "content" else f"{name} {_safe(was)} to {_safe(change['now'][name])}"
            for name, was in change["was"].items()
        ]
        click.echo(f"changed: {_safe(change['id'])} ({'; '.join(parts)})")
    if len(changes) > SHOWN:
        click.echo(f"... and {len(changes) - SHOWN} more changed")


def _counts(what: str, counts: Mapping[str, list[int]]) -> None:
    for name, (was, now) in counts.items():
        click.echo(f"{what} {_safe(name)}: {was} to {now}")


@click.group(cls=Commands, short_help="Commit to a data set, and see any change afterwards.")
def seal() -> None:
    """Seal data: a signed root over every record, its label and its split.

    A seal shows that data is what it was when it was sealed. Labels that were wrong before are sealed as they
    are. Exit codes: 0 it holds, 1 it does not, 2 a mistake in the call or data that cannot be read.
    """


@seal.command(short_help="Make a key to sign with, and the public key to give to others.")
@click.argument("private", metavar="KEY.PEM")
@click.argument("public", metavar="PUB.PEM")
@click.option(
    "--kind",
    type=click.Choice(["ed25519", "ml-dsa-65", "hybrid"]),
    default="ed25519",
    show_default=True,
    help="Of a hybrid both signatures must hold, Ed25519's and ML-DSA-65's.",
)
def keygen(private: str, public: str, kind: str) -> None:
    """Write a new private key to KEY.PEM, for your eyes only, and its public key to PUB.PEM.

    Neither is written over a file that is there. The private key is not encrypted.
    """
    from steelyard.guard.seal import generate_key, save_keys

    key = generate_key(kind)
    save_keys(key, private, public)
    for algorithm, name in key.public().ids.items():
        click.echo(f"{algorithm} {name}")


@seal.command(short_help="Seal a folder of files, or a table row by row.")
@click.argument("source", metavar="SOURCE")
@click.option("--out", "-o", required=True, metavar="FILE", help="Where the seal goes.")
@click.option("--labels", metavar="CSV", help="Of a folder: path, label and, if any, split, group, id.")
@click.option(
    "--columns", multiple=True, callback=_columns, metavar="NAME=COLUMN", help="What those are called there."
)
@shared.target_option
@click.option("--id", metavar="COLUMN", help="Of a table: names its rows; their number by default.")
@click.option("--part", metavar="COLUMN", help="Of a table: the split of each row.")
@click.option("--groups", metavar="COLUMN", help="Of a table: the group of each row.")
@click.option(
    "--mode",
    type=click.Choice(["snapshot", "log"]),
    help="Records in order of id, or of arrival; a log can prove later that it only grew.",
)
@click.option("--key", metavar="KEY.PEM", help="Private key to sign with; unsigned by default.")
@click.option("--previous", metavar="SEAL", help="The seal before this one, so that it cannot come back.")
@click.option("--salted", is_flag=True, help="So that records cannot be guessed from the hashes in proofs.")
@click.option("--croissant", is_flag=True, help="Write metadata in the Croissant format beside the seal.")
@click.option("--licence", metavar="TEXT", help="What the metadata says of the licence.")
@click.option("--force", is_flag=True, help="Write over a seal that is there, never over other files.")
@shared.quiet_option
@shared.json_option
def create(source: str, out: str, **given: Any) -> None:
    """Seal SOURCE, a folder of which each file is a record, or a table of which each row is one."""
    from steelyard.guard.seal import create_seal
    from steelyard.store import UNSIGNED

    json_to, quiet = given.pop("json_to"), given.pop("quiet")
    with _verdict(json_to):
        made = create_seal(source, out, progress=False if quiet else None, **given)
    if json_to:
        write_json(made.to_dict(), json_to)
    if json_to != "-":
        classes = ", ".join(f"{_safe(label)} {count}" for label, count in made.predicate["classes"].items())
        click.echo(f"sealed  {made.predicate['tree_size']} records{f' ({classes})' if classes else ''}")
        click.echo(f"root    sha256:{made.root.hex()}")
        click.echo(f"signed  {'by ' + given['key'] if given['key'] else UNSIGNED}")


@seal.command(short_help="Check data against its seal; exit code 1 names what changed.")
@click.argument("source", metavar="SOURCE")
@click.argument("file", metavar="SEAL")
@trust_option
@click.option("--unsigned", is_flag=True, help="Do without a key: look for accidents only.")
@click.option("--labels", metavar="CSV", help="Of a folder, where they are not beside the seal or the data.")
@click.option(
    "--last", metavar="SEAL|ROOT", help="The last seal accepted, or its root: older ones are refused."
)
@shared.quiet_option
@shared.json_option
def verify(source: str, file: str, **given: Any) -> None:
    """Check every record of SOURCE against SEAL, its label and its split included."""
    from steelyard.guard.seal import verify_data
    from steelyard.store import UNSIGNED

    json_to, quiet = given.pop("json_to"), given.pop("quiet")
    with _verdict(json_to):
        found = verify_data(source, file, progress=False if quiet else None, **given)
        if json_to:
            write_json(found.to_dict(), json_to)
        if json_to != "-":
            _changed(found.changed)
            _listed("missing", found.missing)
            _listed("extra", found.extra)
            _listed("moved", found.moved)
            _counts("class", found.classes)
            _counts("split", found.splits)
            state = "signed by the trusted key" if found.checked else UNSIGNED
            click.echo(
                f"{'holds' if found.holds else 'does not hold'}  {found.found} of {found.sealed} records, "
                f"root sha256:{found.root} ({state})"
            )
        click.get_current_context().exit(0 if found.holds else BROKEN)


@seal.command(name="prove", short_help="Prove that one record is in, without the others.")
@click.argument("file", metavar="SEAL")
@click.option("--record", required=True, metavar="ID", help="Path of the file, number or id of the row.")
@trust_option
def prove_(file: str, record: str, trust: str | None) -> None:
    """Write a proof that a record is in SEAL to standard output."""
    from steelyard.guard.seal import prove, read_data_seal

    with _verdict():
        click.echo(json.dumps(prove(read_data_seal(file, trust=trust), record), indent=1, ensure_ascii=False))


@seal.command(name="check-proof", short_help="Check a proof against a root or a key.")
@click.argument("proof", metavar="PROOF")
@click.option("--root", metavar="ROOT", help="The root it must lead to, from a place you trust.")
@trust_option
@click.option("--file", metavar="FILE", help="The file the proof is of: its bytes are compared.")
@shared.json_option
def check_proof_(
    proof: str, root: str | None, trust: str | None, file: str | None, json_to: str | None
) -> None:
    """Check that PROOF leads from its record to the root."""
    from steelyard.guard.seal import check_proof, read_proof

    with _verdict(json_to):
        entry = check_proof(read_proof(proof), root=root, trust=trust, file=file)
        if json_to:
            write_json({"holds": True, "record": entry._asdict()}, json_to)
        if json_to != "-":
            told = {name: value for name, value in entry._asdict().items() if name != "id" and value}
            said = ", ".join(f"{name} {_safe(value)}" for name, value in told.items())
            click.echo(f"holds  {_safe(entry.id)}: {said}")


@seal.command(short_help="What changed between two seals; exit code 1 if a record did.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@trust_option
@shared.json_option
def diff(old: str, new: str, trust: str | None, json_to: str | None) -> None:
    """Compare two seals of one data set. The exit code is 0 where every old record is still as it was."""
    from steelyard.guard.seal import diff_seals, read_data_seal

    with _verdict(json_to):
        found = diff_seals(read_data_seal(old, trust=trust), read_data_seal(new, trust=trust))
        if json_to:
            write_json(found.to_dict(), json_to)
        if json_to != "-":
            _changed(found.changed)
            _listed("removed", found.removed)
            _listed("added", found.added)
            _listed("relabelled", found.relabelled)
            _counts("class", found.classes)
            _counts("split", found.splits)
            proved = {True: "proved", False: "no", None: "cannot be told from these seals"}[found.append_only]
            click.echo(f"append-only: {proved}")
            click.echo(f"new names old among its earlier roots: {'yes' if found.follows else 'no'}")
            click.echo(
                "every old record is as it was" if found.only_grew else "old records were changed or removed"
            )
        click.get_current_context().exit(0 if found.only_grew else BROKEN)
