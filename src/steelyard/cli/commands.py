"""How every command ends: mistakes as one sentence, warnings as a line, and the exit code that fits."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TextIO

import click

from steelyard.errors import BadOption, SteelyardError

__all__ = ["MISTAKE", "STOPPED", "Command", "Commands", "Stopped"]

MISTAKE, STOPPED, PIPE_CLOSED = 2, 130, 141
OUTPUTS = ("out", "write", "html", "json_to")
MAY_BE_FOLLOWED = ("previous",)  # what is written after it may take its place
USERS_TO_MEND = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)


class Stopped(KeyboardInterrupt):
    """Ctrl-C, with what became of the work so far."""


class Command(click.Command):
    """A command that never writes over a file that it reads."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, unless an output is an input too."""
        _refuse_lost_inputs(ctx.params)
        return super().invoke(ctx)


class Commands(click.Group):
    """A group whose commands end in the documented ways."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown name lists the nearest ones."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = get_close_matches(args[0], self.list_commands(ctx)) if args else []
            if not close or getattr(error, "possibilities", None):  # newer versions of click list them
                raise
            hint = f"Did you mean {' or '.join(repr(name) for name in close)}?"
            raise click.UsageError(f"{error.message} {hint}", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and turn what stops it into a sentence and an exit code."""
        try:
            with _own_warnings():
                result = super().invoke(ctx)
                sys.stdout.flush()
                return result
        except SteelyardError as error:
            _say(f"error: {error}")
            ctx.exit(MISTAKE)
        except KeyboardInterrupt as error:
            _say(f"stopped; {error}" if isinstance(error, Stopped) else "stopped; nothing was written")
            ctx.exit(STOPPED)
        except BrokenPipeError:
            _drop_output()
            ctx.exit(PIPE_CLOSED)
        except OSError as error:
            if error.errno not in USERS_TO_MEND:
                raise
            place = f"{error.filename!r}: " if error.filename else ""
            _say(f"error: {place}{error.strerror}. Free some space, or choose a place you may write to.")
            ctx.exit(MISTAKE)


def _refuse_lost_inputs(given: Mapping[str, Any]) -> None:
    files = {name: value for name, value in given.items() if isinstance(value, str) and os.path.isfile(value)}
    for output in (name for name in OUTPUTS if name in files):
        for name in files.keys() - {*OUTPUTS, *MAY_BE_FOLLOWED}:
            if os.path.samefile(files[output], files[name]):
                raise BadOption(
                    f"{files[output]!r} is to be read and to be written, so that it would be lost. Write "
                    "somewhere else."
                )


def _say(line: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        click.echo(line, err=True)


def _drop_output() -> None:
    """Send what is still to be written nowhere, so that the interpreter's last flush does not fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _own_warnings() -> Iterator[None]:
    """Show our own warnings as one line each, and no others unless Python was asked for them."""
    if sys.warnoptions:
        yield
        return

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if category.__module__.partition(".")[0] == "steelyard":
            _say(f"warning: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield
