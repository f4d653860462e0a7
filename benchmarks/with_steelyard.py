"""The same comparison with Steelyard, in Python.

Run: python benchmarks/with_steelyard.py TABLE.parquet
"""

# begin of the user's code
import sys

import steelyard as sy

card = sy.flow.compare(sys.argv[1], "target", jobs=2)
for row in card.rows:
    print(row.system, {name: round(estimate.mean, 4) for name, estimate in row.metrics.items()})
# end of the user's code
