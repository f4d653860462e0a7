"""Where a net is computed, on how many threads, and draws that leave torch's global stream alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from joblib import effective_n_jobs

from steelyard.errors import BadOption

__all__ = ["on_threads", "pick_device", "seeded"]


def pick_device(device: str | torch.device) -> torch.device:
    """Return the device that is meant; "auto" is a CUDA device where there is one, else the CPU.

    Parameters
    ----------
    device : str or torch.device
        "auto", or what torch takes.

    Returns
    -------
    torch.device

    Raises
    ------
    BadOption
        There is no such device here.

    Examples
    --------
    >>> pick_device("cpu")
    device(type='cpu')
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        found = torch.device(device)
        torch.empty(0, device=found)
    except (RuntimeError, TypeError, AssertionError) as error:
        raise BadOption(
            "The 'device' parameter must be 'auto' or a device that torch finds here, such as 'cpu'. "
            f"Got {device!r} instead."
        ) from error
    return found


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Let torch draw from this seed inside, and go on outside as if nothing had been drawn.

    Parameters
    ----------
    seed : int
    device : torch.device

    Examples
    --------
    >>> with seeded(0, torch.device("cpu")):
    ...     first = torch.rand(1)
    >>> with seeded(0, torch.device("cpu")):
    ...     bool(torch.rand(1) == first)
    True
    """
    on_gpu = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=on_gpu):
        torch.manual_seed(seed)
        yield


@contextmanager
def on_threads(n_jobs: int | None) -> Iterator[None]:
    """Let torch use so many threads of the CPU inside, and as many as before outside.

    A small net is fastest on one thread, by far where other programs keep the cores busy, and the bits
    that come out may depend on how many there are.

    Parameters
    ----------
    n_jobs : int or None
        As in scikit-learn.

    Examples
    --------
    >>> with on_threads(1):
    ...     torch.get_num_threads()
    1
    """
    before = torch.get_num_threads()
    torch.set_num_threads(effective_n_jobs(n_jobs))
    try:
        yield
    finally:
        torch.set_num_threads(before)
