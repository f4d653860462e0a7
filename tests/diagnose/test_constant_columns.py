import numpy as np
import pandas as pd

from steelyard.diagnose import ConstantColumns
from tables_to_check import ask, clean_table, dataset, raw


def test_constant_and_empty_columns_are_found():
    X, y = clean_table()
    day = pd.Timestamp("2024-01-01")
    table = X.assign(one=1, word="same", empty=np.nan, day=day, gap=np.where(np.arange(900), 1.0, np.nan))
    finding = ConstantColumns().check(dataset(table, y))
    assert (finding.outcome, finding.severity) == ("found", "info")
    assert finding.columns == ("one", "word", "day", "empty")
    assert finding.measures == {"constant": ["one", "word", "day"], "empty": ["empty"]}


def test_columns_that_vary_are_clear():
    assert ConstantColumns().check(dataset(*clean_table())).outcome == "clear"


def test_the_limit_decides():
    X, y = clean_table()
    data = dataset(X.assign(nearly=np.arange(900) == 3), y)
    assert ConstantColumns().check(data).outcome == "clear"
    assert ConstantColumns(max_share=0.99).check(data).columns == ("nearly",)


def test_real_sets():
    assert ask(ConstantColumns(), "yeast4").outcome == "clear"
    assert ConstantColumns().check(raw("flights", 5000)).columns == ("year",)
