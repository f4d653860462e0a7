"""The main job: from an imbalanced table to a sealed model and an honest report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.base import clone

from steelyard import __version__
from steelyard.diagnose import checkup
from steelyard.evaluate.exposure_curve import Exposure
from steelyard.flow.compare import run_comparison
from steelyard.flow.explanations import explain_system
from steelyard.flow.exposure_panel import exposure_panel
from steelyard.flow.settings import Settings
from steelyard.flow.source import default_folder, to_dataset
from steelyard.flow.systems import build_systems
from steelyard.flow.versions import versions
from steelyard.guard.seal.key_files import load_private_key
from steelyard.guard.seal.keys import PrivateKey
from steelyard.records import Dataset, Finding, Scorecard, Seal
from steelyard.report import collect, render
from steelyard.store import RunFolder, save_model, write_scorecard, write_seal, write_whole

__all__ = ["FitResult", "fit"]

MODEL, SCORECARD, REPORT = "model.skops", "scorecard.json", "report.html"


@dataclass(frozen=True)
class FitResult:
    """What `fit` made: the folder, the records in it, the model, and how exposed rare classes are."""

    out: Path
    scorecard: Scorecard
    findings: list[Finding]
    seal: Seal
    model: Any
    exposure: Exposure | None = None

    @property
    def report(self) -> Path:
        """The page to open."""
        return self.out / REPORT


def fit(
    source: Any,
    target: str | None = None,
    *,
    out: str | Path | None = None,
    with_: Sequence[str] | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    resume: bool = False,
    force: bool = False,
    key: str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    progress: bool | None = None,
) -> FitResult:
    """Diagnose, compare, choose, fit, explain, report and seal.

    The folder ``out`` then holds ``report.html``, ``scorecard.json``, ``model.skops`` and
    ``seal.json`` (see ``docs/formats.md``). Each finished unit of the comparison is on disk before the
    next begins; a killed run goes on with ``resume=True`` and ends with the same scorecard.

    Parameters
    ----------
    source : Dataset, path, catalogue name or frame
    target : str, optional
        The label column.
    out : path, optional
        ``claims.csv`` goes to ``claims.steelyard`` by default.
    with_ : list of str, optional
        Remedies to compare beside the baselines.
    settings : Settings, optional
    jobs : int, optional
        Worker processes, all cores by default; the numbers do not depend on it.
    resume, force : bool
        Go on with a stopped run; overwrite a finished one.
    key : path, optional
        Private key that signs the seal, made by ``steelyard seal keygen``; unsigned by default.
    reading : mapping, optional
        Further arguments of `steelyard.data.load`.
    progress : bool, optional
        Whether bars are drawn; by default when standard error is a terminal.

    Returns
    -------
    FitResult

    Raises
    ------
    UserError
        The table cannot be learned from, an option makes no sense, or the folder holds another run.
    """
    signer = None if key is None else load_private_key(key)  # a bad key is told before the work begins
    dataset = to_dataset(source, target, reading)
    settings = settings or Settings()
    systems = build_systems(dataset, settings, with_)
    folder = default_folder(source, dataset) if out is None else Path(out)
    asked = {"settings": settings.to_dict(), "systems": list(systems)}
    with RunFolder(
        folder, settings=asked, data_hash=dataset.hash, versions=versions(), force=force, resume=resume
    ) as run:
        findings = checkup(dataset, random_state=settings.random_state, progress=progress)
        card = run_comparison(dataset, systems, settings, jobs=jobs, cache=run, progress=progress)
        chosen = systems[card.chosen].estimator
        model = clone(chosen).fit(
            dataset.X, dataset.y, groups=dataset.groups, time=dataset.time, sample_weight=dataset.weight
        )
        explanations = explain_system(chosen, dataset, settings, progress=progress)
        exposed = exposure_panel(dataset, systems, settings, jobs=jobs, progress=progress)
        seal = _write(folder, dataset, findings, card, model, explanations, settings, exposed, signer)
        run.finish()
    return FitResult(folder, card, findings, seal, model, exposed)


def _about(dataset: Dataset, card: Scorecard, settings: Settings, model: Any) -> dict[str, Any]:
    """What a reader of the model file must know before the model itself is opened."""
    return {
        "schema": dataset.schema.to_dict() if dataset.schema else None,
        "name": dataset.name,
        "target": dataset.schema.target if dataset.schema else None,
        "classes": dataset.classes.tolist(),
        "positive": settings.positive_of(dataset),
        "system": card.chosen,
        "decision": model.decision_,
        "data_hash": dataset.hash,
        "cost": card.protocol.get("cost"),
        "metric": card.protocol.get("metric"),
        "versions": versions(),
    }


def _write(
    folder: Path,
    dataset: Dataset,
    findings: list[Finding],
    card: Scorecard,
    model: Any,
    explanations: Mapping[str, Any],
    settings: Settings,
    exposed: Exposure | None,
    signer: PrivateKey | None,
) -> Seal:
    """Write model and scorecard, seal them, and print the seal's root on the report."""
    save_model(model, folder / MODEL, about=_about(dataset, card, settings, model))
    write_scorecard(card, folder / SCORECARD)
    seal = write_seal(folder, data_hash=dataset.hash, versions=versions(), key=signer)
    preparer = model.estimator_.named_steps["prepare"]
    page = collect(
        dataset,
        findings,
        card,
        explanations=explanations,
        seal=seal,
        settings={**settings.to_dict(), "version": __version__, "versions": versions()},
        announcements=preparer.announcements_,
        exposure=exposed,
    )
    write_whole(folder / REPORT, render(page))
    return seal
