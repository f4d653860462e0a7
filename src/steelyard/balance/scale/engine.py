"""The Dask cluster that does the work: the one given, the one at an address, or one on this machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from joblib import cpu_count

from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.optional import require

__all__ = ["LOCAL", "connected", "need"]

LOCAL = "local"
EXTRA = "scale"


def need(module: str) -> Any:
    """Import a module of the extra, or say how to install it."""
    return require(module, extra=EXTRA, for_="Resampling a data set larger than memory")


@contextmanager
def connected(client: Any) -> Iterator[Any]:
    """Give a Dask client for as long as the work takes.

    Parameters
    ----------
    client : None, "local", an address such as ``tcp://host:8786``, or a distributed.Client
        Without one, worker processes are started on this machine, as many as it has cores.

    Yields
    ------
    distributed.Client
    """
    distributed = need("distributed")
    try:
        with _opened(client, distributed) as opened:
            yield opened
    except distributed.KilledWorker as error:
        raise CannotResample(
            "A worker process died several times at the same piece of work, most likely for want of memory. "
            "Lower memory_mb, write files with smaller row groups, or use fewer workers."
        ) from error


@contextmanager
def _opened(client: Any, distributed: Any) -> Iterator[Any]:
    if isinstance(client, distributed.Client):
        yield client
        return
    with ExitStack() as open_:
        if client is None or client == LOCAL:
            cluster = distributed.LocalCluster(
                n_workers=cpu_count(),
                threads_per_worker=1,
                dashboard_address=":0",
                silence_logs=logging.CRITICAL,  # a slow goodbye of a worker is no news
            )
            yield open_.enter_context(distributed.Client(open_.enter_context(cluster)))
            return
        if not isinstance(client, str) or "://" not in client:
            raise BadOption(
                "client must be None or 'local', the address of a Dask scheduler such as 'tcp://host:8786', "
                f"or a distributed.Client. Got {client!r} instead."
            )
        try:
            made = distributed.Client(client)
        except (OSError, ValueError) as error:
            raise BadOption(
                f"No Dask scheduler answers at {client!r}: {error}. Start one with 'dask scheduler', or "
                "leave the address out to work on this machine."
            ) from error
        yield open_.enter_context(made)
