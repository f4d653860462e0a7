import numpy as np
import pytest

from steelyard.kernels.row_kinds import BORDERLINE, KIND_NAMES, OUTLIER, RARE, SAFE, row_kinds


def kinds_by_hand(neighbors, codes):
    """The paper's rules for k = 5, one row at a time."""
    answer = []
    for row, around in enumerate(neighbors):
        friends = [other for other in around if codes[other] == codes[row]]
        kind = {5: SAFE, 4: SAFE, 3: BORDERLINE, 2: BORDERLINE, 1: RARE, 0: OUTLIER}[len(friends)]
        if kind == RARE:
            friend = friends[0]
            further = [o for o in neighbors[friend] if codes[o] == codes[friend] and o != row]
            if further:
                kind = BORDERLINE
        answer.append(kind)
    return answer


def test_names_are_in_the_order_of_the_codes():
    assert [KIND_NAMES[kind] for kind in (SAFE, BORDERLINE, RARE, OUTLIER)] == [
        "safe",
        "borderline",
        "rare",
        "outlier",
    ]


@pytest.mark.parametrize(("same", "kind"), [(5, 0), (4, 0), (3, 1), (2, 1), (1, 2), (0, 3)])
def test_five_neighbours(same, kind):
    around = [[7] * same + [8] * (5 - same)]
    assert row_kinds(around, [7]).tolist() == [kind]


@pytest.mark.parametrize("seed", range(5))
def test_equals_the_rules_row_by_row(seed):
    rng = np.random.default_rng(seed)
    codes = (rng.random(60) < 0.25).astype(int)
    neighbors = np.array([rng.choice(np.delete(np.arange(60), i), 5, replace=False) for i in range(60)])
    found = row_kinds(codes[neighbors], codes, neighbors=neighbors)
    assert found.dtype == np.int8
    assert found.tolist() == kinds_by_hand(neighbors, codes)
    assert len(set(found.tolist())) == 4


def test_a_pair_alone_is_rare_and_a_friend_with_friends_makes_borderline():
    codes = np.array([0, 0, 1, 1, 1, 1, 1, 0])
    pair = np.array([[1, 2, 3, 4, 5], [0, 2, 3, 4, 5]] + [[2, 3, 4, 5, 6]] * 6)
    assert row_kinds(codes[pair], codes, neighbors=pair)[0] == RARE
    pair[1, 1] = 7
    assert row_kinds(codes[pair], codes, neighbors=pair)[0] == BORDERLINE


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="Got \\(2, 3\\) and \\(3,\\) instead"):
        row_kinds(np.zeros((2, 3)), np.zeros(3))
    with pytest.raises(ValueError, match="k at least 1"):
        row_kinds(np.zeros((2, 0)), np.zeros(2))
