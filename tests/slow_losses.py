"""Losses of one item in plain arithmetic, straight from their formulas, for tests to compare with.

``z`` are the item's logits, ``y`` its label, ``counts`` the training items of each class.
"""

import math


def log_softmax(z):
    top = max(z)
    total = sum(math.exp(value - top) for value in z)
    return [value - top - math.log(total) for value in z]


def at_least_one(counts):
    return [max(n, 1) for n in counts]


def priors(counts):
    n = at_least_one(counts)
    return [value / sum(n) for value in n]


def weights(counts, beta):
    each = [(1 - beta) / (1 - beta**n) for n in at_least_one(counts)]
    present = [w for w, n in zip(each, counts, strict=True) if n]
    return [w * len(present) / sum(present) for w in each]


def cross_entropy(z, y, counts=None):
    return -log_softmax(z)[y]


def focal(z, y, counts=None, gamma=2.0, class_weight=None):
    log_p = log_softmax(z)[y]
    a = 1.0 if class_weight is None else class_weight[y]
    return -a * (1 - math.exp(log_p)) ** gamma * log_p


def class_balanced(z, y, counts, beta=0.9999, inner=cross_entropy):
    return weights(counts, beta)[y] * inner(z, y, counts)


def ldam(z, y, counts, max_margin=0.5, scale=30.0):
    rarest = min(n for n in counts if n)
    margin = max_margin * (rarest / max(counts[y], rarest)) ** 0.25
    return cross_entropy([scale * (value - margin * (c == y)) for c, value in enumerate(z)], y)


def ldam_drw(z, y, counts, beta=0.9999):
    return weights(counts, beta)[y] * ldam(z, y, counts)


def logit_adjusted(z, y, counts, tau=1.0):
    return cross_entropy([v + tau * math.log(p) for v, p in zip(z, priors(counts), strict=True)], y)


def balanced_softmax(z, y, counts):
    terms = [n * math.exp(v) for n, v in zip(at_least_one(counts), z, strict=True)]
    return -math.log(terms[y] / sum(terms))


def vector_scaling(z, y, counts, tau=1.0, gamma=0.15):
    stretch = [(n / max(counts)) ** gamma for n in at_least_one(counts)]
    shift = [tau * math.log(p) for p in priors(counts)]
    return cross_entropy([d * v + i for d, v, i in zip(stretch, z, shift, strict=True)], y)


def one_way_logistic(eta, y, counts=None, class_weight=None, weight=1.0):
    a = 1.0 if class_weight is None else class_weight[y]
    return weight * a * math.log(1 + math.exp(eta[y]))


def asymmetric(z, labels, gamma_negative=4.0, gamma_positive=0.0, clip=0.05, unknown=-100):
    total = 0.0
    for value, label in zip(z, labels, strict=True):
        p = 1 / (1 + math.exp(-value))
        q = max(p - clip, 0)
        if label == 1:
            total -= (1 - p) ** gamma_positive * math.log(p)
        elif label != unknown:
            total -= q**gamma_negative * math.log(1 - q)
    return total
