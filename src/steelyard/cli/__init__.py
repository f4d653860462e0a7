"""The command line: one command a file, each a thin layer over one verb of `steelyard.flow`.

Exit codes: 0 done, 1 `check` found something of severity warning or above, or `suspects` a doubtful label,
2 a mistake in the call or in the data (one sentence on standard error says which), 130 stopped with Ctrl-C,
141 the reader of a pipe went away. A bug keeps its traceback. Commands import what they need when they run,
so that ``--help`` comes at once.
"""

from __future__ import annotations

import click

from steelyard import __version__
from steelyard.cli.attack import attack
from steelyard.cli.balance import balance
from steelyard.cli.check import check
from steelyard.cli.commands import Commands
from steelyard.cli.compare import compare
from steelyard.cli.fit import fit
from steelyard.cli.listing import listing
from steelyard.cli.predict import predict
from steelyard.cli.recipe import recipe
from steelyard.cli.score import score
from steelyard.cli.seal import seal
from steelyard.cli.serve import serve
from steelyard.cli.suspects import suspects

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="steelyard")
def main() -> None:
    """Learn from imbalanced data: diagnose, balance, learn, decide, evaluate honestly, report, seal."""


for command in (fit, check, compare, balance, predict, score, seal, attack, listing, recipe, serve, suspects):
    main.add_command(command)
