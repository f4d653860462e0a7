"""Build the data sets inside the package from the prepared folder named by STEELYARD_DATA.

    STEELYARD_DATA=... python scripts/build_bundled.py

Each is written as zstd Parquet with narrow integers and as gzipped CSV, and the smaller stays; the same
input gives the same bytes with the same version of pyarrow. ``bundled/index.json`` gets the digests, and
``bundled/LICENCES.md`` the attribution of each set and what was changed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
from dataclasses import replace

import pandas as pd

from steelyard.data.catalogue import BUNDLED, CatalogueEntry, catalogue
from steelyard.data.entry_frame import entry_frame
from steelyard.data.read_table import read_table
from steelyard.data.write_table import write_table

SETS = {
    "tabular/adult": (
        "column names added, '?' made missing, dots after labels removed, the parts joined (column 'part')"
    ),
    "tabular/coswara_metadata": "the participant's id left out, 'covid_status' renamed",
    "tabular/keel_multiclass/abalone": "column names added",
    "tabular/keel_multiclass/car": "column names added",
    "tabular/keel_multiclass/dermatology": (
        "column names added, the eight rows without an age left out (as in KEEL's copy)"
    ),
    "tabular/keel_multiclass/ecoli": "column names added, the sequence name left out",
    "tabular/keel_multiclass/glass": "column names added, the row number left out",
    "tabular/keel_multiclass/nursery": "column names added",
    "tabular/keel_multiclass/page-blocks": "column names added, one row fewer (as in KEEL's copy)",
    "tabular/keel_multiclass/satimage": "column names added, training and test parts joined",
    "tabular/keel_multiclass/winequality-red": "columns renamed",
    "tabular/keel_multiclass/winequality-white": "columns renamed",
    "tabular/keel_multiclass/yeast": "column names added, the sequence name left out",
    "text/sms_spam": "column names added",
    "peptide/proinflammatory/pip_el": "names of the sequences left out, sequences and labels joined",
}
# What a licence wants to be passed on word by word.
NOTICES = {
    "peptide/proinflammatory/pip_el": """MIT License

Copyright (c) 2021 Sebastian Spänig

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE."""
}
MAX_BYTES = 1_500_000
HEAD = """# Licences of the data sets in this folder

Steelyard's own licence does not cover these files: each stays under the terms of its makers, given here.
All of them were stored as narrow Parquet or gzipped CSV with the label in a column named `target`.
"""


def narrow(frame: pd.DataFrame) -> pd.DataFrame:
    """The same values in the narrowest integers, and texts that repeat as categories."""
    small = frame.copy()
    for name in small.columns:
        if pd.api.types.is_integer_dtype(small[name].dtype):
            small[name] = pd.to_numeric(small[name], downcast="integer")
        elif small[name].dtype == "str" and small[name].nunique() < len(small) // 2:
            small[name] = small[name].astype("category")
    return small


def packed(frame: pd.DataFrame) -> tuple[str, bytes]:
    """The smaller of Parquet and gzipped CSV, and its suffix."""
    parquet, text = io.BytesIO(), io.BytesIO()
    narrow(frame).to_parquet(parquet, index=False, compression="zstd", compression_level=22)
    write_table(frame, text, suffix=".csv")
    zipped = gzip.compress(text.getvalue(), 9, mtime=0)
    if len(zipped) < len(parquet.getvalue()):
        return ".csv.gz", zipped
    return ".parquet", parquet.getvalue()


def build(entry: CatalogueEntry) -> dict[str, object]:
    """Write one set and check that it reads back as what it was."""
    entry = replace(entry, packaged=None, exclude=())
    frame = entry_frame(entry)
    suffix, data = packed(frame)
    path = BUNDLED / f"{entry.short_name}{suffix}"
    path.write_bytes(data)
    again = read_table(path)
    for name in frame.columns:
        old, new = frame[name].astype(object), again[name].astype(object)
        if not old.where(old.notna(), None).equals(new.where(new.notna(), None)):
            raise SystemExit(f"{entry.name}: column {name!r} does not read back as it was")
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def licences() -> str:
    """The attribution of every set, with what was changed."""
    known = catalogue()
    pieces = [HEAD]
    for name, changed in SETS.items():
        entry = known[name]
        pieces.append(
            f"\n## {entry.short_name}: {entry.title}\n\n{entry.attribution}\n\n"
            f"Licence: {entry.licence}, https://creativecommons.org/licenses/by/4.0/\n\nChanged: {changed}.\n"
        )
        if name in NOTICES:
            pieces.append(f"\n{NOTICES[name]}\n")
    return "".join(pieces)


def main() -> None:
    """Build all sets, the index and the licences."""
    index = {name: build(catalogue()[name]) for name in SETS}
    total = sum(int(str(file["bytes"])) for file in index.values())
    if total > MAX_BYTES:
        raise SystemExit(f"{total:,} bytes are more than {MAX_BYTES:,}")
    (BUNDLED / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    (BUNDLED / "LICENCES.md").write_text(licences(), encoding="utf-8")
    for name, file in index.items():
        sys.stdout.write(f"{file['bytes']:>9}  {name}  {file['file']}\n")
    sys.stdout.write(f"{total:>9,}  in all\n")


if __name__ == "__main__":
    main()
