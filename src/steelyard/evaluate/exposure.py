"""Attack one's own training labels to learn how exposed each rare class is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike

from steelyard.decide import ArgmaxRule, Decided
from steelyard.errors import BadOption
from steelyard.evaluate.exposure_curve import Exposure
from steelyard.evaluate.exposure_points import Curves, noise_of
from steelyard.evaluate.exposure_trials import Runner, Trial, capped, choose_classes, confused_with
from steelyard.evaluate.held_out import Measure, measures_for
from steelyard.evaluate.holdout import split
from steelyard.guard.attacks import LabelFlip
from steelyard.kernels.progress import Progress
from steelyard.kernels.rng import int_seed
from steelyard.metrics import METRICS
from steelyard.records import Dataset

__all__ = ["exposure"]

RAREST = 3
SHARES = (0.05, 0.1, 0.25)


def exposure(
    estimator: Any,
    dataset: Dataset,
    *,
    shares: Sequence[float] = SHARES,
    classes: int | Sequence[Any] | Mapping[Any, Any] = RAREST,
    seeds: int = 5,
    test_size: float = 0.3,
    metric: str | None = None,
    cost: ArrayLike | None = None,
    positive: Any = None,
    review: int | None = None,
    max_rows: int | None = None,
    jobs: int = 1,
    random_state: int = 0,
    progress: bool | None = None,
) -> Exposure:
    """Flip labels of each rare class in training, fit again, and see what becomes of it on clean test rows.

    Parameters
    ----------
    estimator : classifier or Decided
        Cloned and fitted anew for each attack; a bare classifier decides by the largest probability.
    dataset : Dataset
        With groups whole groups are kept apart, with time the future. Test rows are never touched.
    shares : sequence of float
        Of the class's training labels, in (0, 1).
    classes : int, sequence of labels, or mapping from label to label
        The rarest so many (the most frequent class is never one), those named, or those named with the class
        that each is flipped into. Unless told, that is the one the clean model confuses it with most: the
        other class with the largest mean probability on its test rows.
    seeds : int
        Splits. A larger attack flips the labels of the smaller ones and more.
    test_size : float
    metric, cost, positive, review
        What decides, as for `compare`.
    max_rows : int, optional
        Work on at most so many rows, drawn in proportion to the classes (but 30 of each, where it has them).
    jobs : int
        Worker processes; numbers do not depend on it.
    random_state : int
    progress : bool, optional

    Returns
    -------
    Exposure

    Raises
    ------
    BadOption
        A share outside (0, 1), a class that there is not, or a metric that cannot be.
    CannotEvaluate
        A class that was named has too few rows to be attacked and tested, or nothing can be held out.

    Notes
    -----
    The clean and the poisoned model meet the same test rows. A fall is noticed when it is larger than two
    standard deviations of the clean figure: over seeds from three seeds on, else over bootstrap draws of the
    test rows of the first one (for accuracy that is the binomial spread). One figure, two standard
    deviations, one release: someone who watches recall of the class itself sees far more.

    It tells what random flips do to this learner on these rows. It is no bound for an attacker who chooses
    rows.

    References
    ----------
    Dahme, Poisoned Acoustics, arXiv 2602.22258, 2026, for the attack; baseline, lift and the rule for what is
    noticed are ours.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X = np.repeat([[0.0], [3.0]], [80, 20], axis=0) + np.linspace(-1, 1, 100)[:, None]
    >>> data = Dataset(X, np.repeat(["ok", "fraud"], [80, 20]))
    >>> found = exposure(GaussianNB(), data, shares=(0.25,), seeds=1)
    >>> [(c.target, c.to, c.rows, c.flips_to_break) for c in found.curves]
    [('fraud', 'ok', 20, 11)]
    """
    steps = _checked_shares(shares)
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 1:
        raise BadOption(
            f"The 'seeds' parameter of exposure must be an int in the range [1, inf). Got {seeds!r}."
        )
    _, main = measures_for(dataset, metric=metric, cost=cost, positive=positive, review=review)
    used = capped(dataset, max_rows, random_state)
    rule = estimator if isinstance(estimator, Decided) else ArgmaxRule(estimator)
    order = dataset.classes
    numbers = [int_seed(random_state, "exposure", seed) for seed in range(seeds)]
    parts = [split(used, test_size, number) for number in numbers]
    wanted, not_measured = choose_classes(dataset, parts, classes)
    with Progress(seeds * (1 + len(wanted) * len(steps)), "exposure", enabled=progress) as bar:
        run = Runner(rule, order, jobs, bar)
        clean = run([(part, part.train.y) for part in parts])
        trials = [Trial(*one) for one in zip(parts, clean, numbers, strict=True)]
        pairs = {
            target: confused_with(target, order, trials) if to is None else to
            for target, to in wanted.items()
        }
        attacks = [(t, to, share, trial) for t, to in pairs.items() for share in steps for trial in trials]
        flipped = [
            LabelFlip(t, to, share=share, random_state=trial.seed).apply(None, trial.parts.train.y)
            for t, to, share, trial in attacks
        ]
        said = run([(job[3].parts, made[1]) for job, made in zip(attacks, flipped, strict=True)])
    noise, how = noise_of(trials, main, dataset)
    accuracy = Measure(METRICS["accuracy"])
    accuracy_noise, _ = noise_of(trials, accuracy, dataset)
    made = Curves(dataset, trials, main, noise, accuracy_noise)
    per_class = len(steps) * seeds
    curves = []
    for number, (target, to) in enumerate(pairs.items()):
        own = slice(number * per_class, (number + 1) * per_class)
        counts = [rows.size for _, _, rows in flipped[own]]
        curves.append(made.curve(target, to, steps, said[own], counts))
    notes = ()
    if len(used) < len(dataset):
        notes = (f"Worked on {len(used):,} of {len(dataset):,} rows, drawn in proportion to the classes.",)
    return Exposure(
        tuple(curves),
        main.name,
        main.title,
        noise,
        accuracy_noise,
        how,
        parts[0].sentence,
        seeds,
        len(dataset),
        len(used),
        not_measured,
        notes,
    )


def _checked_shares(shares: Sequence[float]) -> list[float]:
    steps = sorted({float(share) for share in shares})
    if not steps or not all(0 < share < 1 for share in steps):
        raise BadOption(
            "The 'shares' parameter of exposure must hold floats in the range (0, 1), shares of the labels "
            f"of a class. Got {list(shares)!r} instead."
        )
    return steps
