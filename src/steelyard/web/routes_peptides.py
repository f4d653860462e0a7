"""Predictions for peptides: text or a file in, a row each out, and the same rows as CSV."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from steelyard.errors import BadTable
from steelyard.web.answer_errors import Gone, NotReady
from steelyard.web.limits import MOST_NAME, MOST_PEPTIDE_BYTES, MOST_PEPTIDES
from steelyard.web.peptide_rows import PeptideRows
from steelyard.web.read_body import read_body
from steelyard.web.read_peptides import read_peptides
from steelyard.web.read_text import read_text
from steelyard.web.state import State

__all__ = ["router"]

Column = Annotated[str | None, Query(max_length=MOST_NAME)]
Share = Annotated[float, Query(gt=0, lt=1)]
Cut = Annotated[float, Query(ge=0, le=1)]


def _predict(state: State, data: bytes, column: str | None, names: str | Literal[False] | None) -> Any:
    model = state.keeper.model
    if model is None:
        raise NotReady("The model is not ready yet. Wait until it is trained, then try again.")
    text, note = read_text(data)
    parsed = read_peptides(text, column, names)
    if len(parsed.items) > MOST_PEPTIDES:
        raise BadTable(
            f"Expected at most {MOST_PEPTIDES:,} peptides, got {len(parsed.items):,}. Split the list."
        )
    rows = PeptideRows.of(model, parsed.items)
    return {
        "id": state.results.put(rows, weight=len(rows.items)),
        "kind": parsed.kind,
        "columns": parsed.columns,
        "column": parsed.column,
        "name_column": parsed.name_column,
        "notes": [*([note] if note else []), *parsed.notes],
        "rows": rows.to_list(),
    }


def router(state: State) -> APIRouter:
    """The routes about peptides."""
    routes = APIRouter()

    @routes.post("/peptides")
    async def predict(
        request: Request, column: Column = None, names: Column = None, numbered: bool = False
    ) -> dict[str, Any]:
        data = await read_body(request, MOST_PEPTIDE_BYTES)
        told: dict[str, Any] = await run_in_threadpool(
            _predict, state, data, column, False if numbered else names
        )
        return told

    @routes.get("/peptides/{name}.csv")
    def download(name: str, prevalence: Share, cut: Cut) -> Response:
        rows = state.results.get(name)
        if rows is None:
            raise Gone("These results are not kept any more. Predict again, then download.")
        return Response(
            rows.to_csv(prevalence, cut),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": 'attachment; filename="peptides.csv"'},
        )

    return routes
