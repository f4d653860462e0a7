"""The main job on an uploaded table: upload, choose, run, watch, read, download, remove."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse

from steelyard.errors import BadOption, BadTable
from steelyard.flow.settings import Settings
from steelyard.web.answer_errors import Gone
from steelyard.web.inspect_table import inspect_table, stored_name
from steelyard.web.limits import MOST_NAME, MOST_TABLE_BYTES, MOST_TABLE_MEMORY_MB
from steelyard.web.read_body import save_body
from steelyard.web.run import DONE, Run
from steelyard.web.state import State

__all__ = ["router"]

REPORT = "report.html"
FILES = {
    REPORT: "text/html; charset=utf-8",
    "scorecard.json": "application/json",
    "model.skops": "application/octet-stream",
    "seal.json": "application/json",
}
REPORT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
QUICK = {"folds": 3, "repeats": 1}
Text = Annotated[str, Query(min_length=1, max_length=MOST_NAME)]
Maybe = Annotated[str | None, Query(max_length=MOST_NAME)]
Price = Annotated[float | None, Query(gt=0, le=1e9)]


def _asked(run: Run, given: dict[str, Any]) -> dict[str, Any]:
    """The settings of a run, checked against the table, as the worker reads them."""
    names = [column["name"] for column in run.about["columns"]]
    for role in ("target", "groups", "time"):
        if given[role] and given[role] not in names and not run.about["more"]:
            raise BadOption(f"There is no column {given[role]!r}. Choose one of the table's columns.")
    prices = (given["miss"], given["false_alarm"])
    if (prices[0] is None) != (prices[1] is None):
        raise BadOption("Give both prices, of a miss and of a false alarm, or neither.")
    settings: dict[str, Any] = dict(QUICK) if given["quick"] else {}
    if prices[0] is not None:
        settings["cost"] = f"miss={prices[0]:g},false_alarm={prices[1]:g}"
    Settings(**settings)
    reading = {name: given[name] for name in ("groups", "time") if given[name]}
    reading |= {"name": run.shown, "missing_target": "drop", "rare": "drop", "infinite": "missing"}
    reading["memory_mb"] = MOST_TABLE_MEMORY_MB
    if run.about["encoding"]:
        reading["encoding"] = run.about["encoding"]
    return {"target": given["target"], "with": None, "settings": settings, "reading": reading}


def router(state: State) -> APIRouter:
    """The routes about tables."""
    routes = APIRouter()

    def the(name: str) -> Run:
        run = state.runs.get(name)
        if run is None:
            raise Gone("This table is not kept any more. Upload it again.")
        return run

    def shown(run: Run) -> dict[str, Any]:
        return run.to_dict(state.runs.ahead(run))

    @routes.post("/tables")
    async def upload(request: Request, name: Text) -> dict[str, Any]:
        plain = "".join(letter for letter in name if letter.isprintable())
        run = state.runs.add(plain, stored_name(plain))
        try:
            await save_body(request, run.table, MOST_TABLE_BYTES)
            run.about = await run_in_threadpool(inspect_table, run.table)
        except BadTable as error:
            state.runs.remove(run)
            raise BadTable(run.told(str(error))) from None
        except BaseException:
            state.runs.remove(run)
            raise
        return shown(run)

    @routes.get("/tables/{name}")
    def show(name: str) -> dict[str, Any]:
        return shown(the(name))

    @routes.post("/tables/{name}/fit")
    def fit(
        name: str,
        target: Text,
        groups: Maybe = None,
        time: Maybe = None,
        miss: Price = None,
        false_alarm: Price = None,
        quick: bool = False,
    ) -> dict[str, Any]:
        run = the(name)
        given = {"target": target, "groups": groups, "time": time, "quick": quick}
        state.runs.start(run, _asked(run, {**given, "miss": miss, "false_alarm": false_alarm}))
        return shown(run)

    @routes.post("/tables/{name}/stop")
    def stop(name: str) -> dict[str, Any]:
        run = the(name)
        state.runs.stop(run)
        return shown(run)

    @routes.delete("/tables/{name}")
    def remove(name: str) -> dict[str, Any]:
        state.runs.remove(the(name))
        return {"removed": True}

    @routes.get("/tables/{name}/report")
    def report(name: str) -> Response:
        return FileResponse(
            _made(the(name), REPORT),
            media_type=FILES[REPORT],
            headers={"content-security-policy": REPORT_POLICY},
        )

    @routes.get("/tables/{name}/files/{file}")
    def download(name: str, file: str) -> Response:
        run = the(name)
        return FileResponse(_made(run, file), media_type=FILES[file], filename=file)

    return routes


def _made(run: Run, file: str) -> Any:
    """One of the files that a finished run has; any other name leads nowhere."""
    path = run.result / file if file in FILES and run.status == DONE else None
    if path is None or not path.is_file():
        raise Gone("There is no such file, or the run is not done.")
    return path
