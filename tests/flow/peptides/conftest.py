from importlib.util import find_spec

import numpy as np
import pytest

from steelyard.data import load
from steelyard.flow.peptides import fit_peptides, measure
from steelyard.kernels.progress import watched

# Not importorskip: the package's import changes numpy's warnings for the whole process.
if find_spec("venn_abers") is None:
    pytest.skip("the extra venn is not installed", allow_module_level=True)

ROWS = 600
TIMES = 50  # replicates of the bootstrap


@pytest.fixture(scope="session", autouse=True)
def quick_intervals():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "TIMES", TIMES)
        yield


@pytest.fixture(scope="session")
def few():
    """Every fifth peptide of the set that ships, so that a fit takes a second or two."""
    every = load("peptide/proinflammatory/pip_el")
    rows = np.linspace(0, len(every) - 1, ROWS).astype(int)
    part = every.take(rows)
    return load((part.X, part.y), text=["sequence"], name="few peptides")


@pytest.fixture(scope="session")
def trained(few, tmp_path_factory):
    """A folder, the model that was trained into it, and the steps that were told on the way."""
    folder = tmp_path_factory.mktemp("home") / "peptide-model"
    steps = []
    with watched(steps.append):
        model = fit_peptides(folder, dataset=few, progress=False)
    return folder, model, steps
