"""The peptide model of a server: opened if its seal holds, trained if there is none, refused if it is odd."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steelyard.errors import SteelyardError
from steelyard.kernels.progress import Step, watched

__all__ = ["ModelKeeper"]

Open = Callable[[Path], Any]
Train = Callable[[Path], Any]


class ModelKeeper:
    """Holds the model once there is one, and says until then how far it is.

    Opening and training happen in one thread of their own; the page asks for `state`.

    Parameters
    ----------
    folder : Path
        Where the sealed model is kept.
    open_ : callable
        Given the folder: the model, None where there is none (or one to be replaced), or a
        `SteelyardError` where what is there cannot be trusted.
    train : callable
        Given the folder: trains, seals and returns the model; its bars are shown on the page too.
    """

    def __init__(self, folder: Path, *, open_: Open, train: Train) -> None:
        self.folder = folder
        self._open, self._train = open_, train
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._model: Any = None
        self._status, self._sentence = "opening", ""
        self._step: Step | None = None
        self._since = time.monotonic()

    @property
    def model(self) -> Any:
        """The model, or None while there is none."""
        return self._model

    def start(self, *, anew: bool = False) -> bool:
        """Open the kept model, or train; False where that is already under way.

        Parameters
        ----------
        anew : bool
            Train whatever is there.
        """
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return False
            self._status, self._sentence, self._step = ("training" if anew else "opening"), "", None
            self._since = time.monotonic()
            self._thread = threading.Thread(target=self._work, args=(anew,), name="model", daemon=True)
            self._thread.start()
        return True

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the work that was started has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def state(self) -> dict[str, Any]:
        """Return what the page shows while it waits: ``status`` and, when training, how far it is."""
        step = self._step
        return {
            "status": self._status,
            "sentence": self._sentence,
            "step": None if step is None else vars(step),
            "seconds": round(time.monotonic() - self._since, 1),
        }

    def _work(self, anew: bool) -> None:
        try:
            found = None if anew else self._open(self.folder)
            if found is None:
                self._status = "training"
                with watched(self._tell):
                    found = self._train(self.folder)
            self._model = found
            self._status, self._step = "ready", None
        except SteelyardError as error:
            self._end(str(error))
        except Exception as error:
            logging.getLogger(__name__).exception("the peptide model could not be made")
            self._end(f"The model could not be made ({type(error).__name__}). The terminal says more.")

    def _end(self, sentence: str) -> None:
        # A model that was there stays in use when training anew fails.
        self._status = "refused" if self._model is None else "ready"
        self._sentence = sentence

    def _tell(self, step: Step) -> None:
        self._step = step
