"""Pure functions on arrays that everything above shares: no files, no labels read from elsewhere, no torch.

Import from the module that holds the idea, for example ``steelyard.kernels.priors.correct_prior``.
"""
