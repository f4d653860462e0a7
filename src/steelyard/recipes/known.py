"""The recipes there are, by name; the list itself imports none of them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from types import ModuleType

from steelyard.errors import BadOption

__all__ = ["SCALES", "Recipe", "catalogue", "find_recipe", "load_recipe"]

SCALES = ("smoke", "small", "paper")
"""Seconds and in the tests; minutes and in the docs; the paper's own setting."""


@dataclass(frozen=True)
class Recipe:
    """One recipe as the catalogue knows it.

    Parameters
    ----------
    name : str
        In kebab case, as the command line takes it.
    title : str
        One line: the method and what it is for.
    module : str
        Full name of the module that runs it.
    """

    name: str
    title: str
    module: str


RECIPES = (
    Recipe(
        "imovno",
        "IMOVNO+: regional cleaning, regularised oversampling and a pruned ensemble",
        "steelyard.recipes.imovno",
    ),
    Recipe(
        "c2tc",
        "C2TC: tables condensed to a thousandth, counts per class chosen by the clusters",
        "steelyard.recipes.c2tc",
    ),
    Recipe(
        "kemp-pip",
        "KEMP-PIP: pro-inflammatory peptides from k-mers, descriptors and a language model",
        "steelyard.recipes.kemp_pip",
    ),
    Recipe(
        "npe-classification",
        "NPE-LA: class priors read off the features of a net, taken off its logits",
        "steelyard.recipes.npe_classification",
    ),
    Recipe(
        "npe-segmentation",
        "NPE-LA for pixels: thin vessels and membranes, and what a correction costs in Dice",
        "steelyard.recipes.npe_segmentation",
    ),
    Recipe(
        "poisoned-acoustics",
        "Poisoned Acoustics: flipped labels of a rare class, who notices, and what a commitment is worth",
        "steelyard.recipes.poisoned_acoustics",
    ),
)


def catalogue() -> dict[str, Recipe]:
    """Return every recipe by its name.

    Returns
    -------
    dict of str to Recipe

    Examples
    --------
    >>> list(catalogue())
    ['imovno', 'c2tc', 'kemp-pip', 'npe-classification', 'npe-segmentation', 'poisoned-acoustics']
    """
    return {recipe.name: recipe for recipe in RECIPES}


def find_recipe(name: str) -> Recipe:
    """Return the recipe of that name, without importing it.

    Parameters
    ----------
    name : str

    Returns
    -------
    Recipe

    Raises
    ------
    BadOption
        There is none of that name; the message lists the nearest ones.

    Examples
    --------
    >>> find_recipe("c2tc").module
    'steelyard.recipes.c2tc'
    """
    known = catalogue()
    if name not in known:
        near = get_close_matches(name, known) or list(known)
        raise BadOption(
            f"unknown recipe {name!r}. Did you mean {' or '.join(map(repr, near))}? "
            "See 'steelyard recipe list'."
        )
    return known[name]


def load_recipe(name: str) -> ModuleType:
    """Import the recipe of that name.

    Parameters
    ----------
    name : str

    Returns
    -------
    module
        With ``PAPER``, ``CLAIMS``, ``datasets``, ``systems`` and ``main``.

    Raises
    ------
    BadOption
        There is none of that name.
    """
    return import_module(find_recipe(name).module)
