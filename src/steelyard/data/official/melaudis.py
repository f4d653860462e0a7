"""MELAUDIS as it comes out of its archive: clips of street vehicles, told by the names of the files."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from steelyard.data.array_dataset import dataset_of
from steelyard.data.array_items import ArrayItems
from steelyard.data.byte_store import FolderBytes
from steelyard.data.lazy_clips import LazyClips
from steelyard.errors import BadOption, BadTable
from steelyard.records import Dataset

__all__ = ["read_melaudis"]

KINDS = {"Car": "car", "Truck": "truck", "MC": "motorcycle", "Bus": "bus", "Tram": "tram", "Bic": "bicycle"}
FLOWS = ("FF", "TJN", "TJF")
SUFFIX = ".wav"
NAME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})_\d+-\d+-\d+(?:\.\d+)?-(?P<site>[^_]+)_(?P<flow>[^_]+)_(?P<vehicles>[^_]+)"
    r"(?:_[^_]+)*_(?:mono|stereo)"
)
ONE = re.compile(r"1V-(?P<kind>\w+)")


def read_melaudis(root: str | Path, *, flow: str | None = None) -> Dataset:
    """Read the clips of MELAUDIS with a single vehicle.

    Parameters
    ----------
    root : path-like
        The folder that comes out of ``MELAUDIS_Vehicles.rar``, with or without ``Final_Veh`` and the folders
        of the sites below it.
    flow : {"FF", "TJN", "TJF"}, optional
        Only clips of free flow, or of a jam near or far; all by default.

    Returns
    -------
    Dataset
        ``X`` are clips that stay in their files, ``y`` the kind of vehicle ("car", "truck", "motorcycle",
        "bus", "tram", "bicycle"), ``groups`` date and road. Clips with none or several are left out.

    Raises
    ------
    BadTable
        No such files, or a name of another form.
    BadOption
        A flow of another name.

    Notes
    -----
    A name is ``2023-11-08_14-6-1.5-Hoddle1_FF_1V-Car_L1_3Lanes_RL_stereo.wav``: date, time, site, flow,
    vehicles, lanes, direction, channels. Some names have minutes above 59, so the time is not read. Sites
    that differ in their number alone are taken for places on one road, whose clips of a day stay in one
    group. Files that are named mono may hold two channels as well.

    References
    ----------
    Parineh et al., MELAUDIS: a large-scale benchmark acoustic dataset for intelligent transportation systems
    research, Scientific Data, 2025; https://doi.org/10.6084/m9.figshare.27115870 (CC BY 4.0).
    """
    if flow is not None and flow not in FLOWS:
        raise BadOption(
            f"The 'flow' parameter of read_melaudis must be one of {FLOWS} or None. Got {flow!r} instead."
        )
    store = FolderBytes(Path(root))
    told = [{"file": name} | _told(name) for name in store.names() if name.lower().endswith(SUFFIX)]
    if not told:
        raise BadTable(
            f"Expected .wav files below {str(root)!r}, got none. Unpack MELAUDIS_Vehicles.rar there."
        )
    frame = pd.DataFrame(told)
    kept = frame[(frame["kind"] != "") & (flow is None or frame["flow"] == flow)].reset_index(drop=True)
    if kept.empty:
        raise BadTable(f"Expected clips of a single vehicle below {str(root)!r}, got {len(frame):,} others.")
    return dataset_of(
        ArrayItems(LazyClips(store, kept["file"].tolist()), kept),
        target="kind",
        roles={"groups": "session"},
        modality="audio",
        name="melaudis",
        licence="CC BY 4.0",
    )


def _told(name: str) -> dict[str, str]:
    """Kind of the only vehicle (empty where there is none or several), flow, and date with road."""
    found = NAME.fullmatch(Path(name).stem)
    if found is None or found["flow"] not in FLOWS:
        raise BadTable(
            f"Expected a name such as 2023-11-08_14-6-1.5-Hoddle1_FF_1V-Car_L1_3Lanes_RL_stereo.wav, got "
            f"{name!r}. Take out what is not of MELAUDIS."
        )
    one = ONE.fullmatch(found["vehicles"])
    kind = KINDS.get(one["kind"], one["kind"].lower()) if one else ""
    session = f"{found['date']} {found['site'].rstrip('0123456789')}"
    return {"kind": kind, "flow": found["flow"], "session": session}
