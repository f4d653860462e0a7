"""Runnable recipes, one a paper: each prints the paper's table beside ours.

Listing them imports neither the recipes nor anything heavy; `load_recipe` imports the one that is asked for.
"""

from steelyard.recipes.known import SCALES as SCALES
from steelyard.recipes.known import Recipe as Recipe
from steelyard.recipes.known import catalogue as catalogue
from steelyard.recipes.known import find_recipe as find_recipe
from steelyard.recipes.known import load_recipe as load_recipe

__all__ = ["SCALES", "Recipe", "catalogue", "find_recipe", "load_recipe"]
