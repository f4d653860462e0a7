import pytest

from decide.simulated_scores import Oracle


@pytest.fixture
def oracle():
    return Oracle()
