"""The application: one page, and beneath it one file of routes a subject."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from steelyard.kernels.optional import require
from steelyard.web.guard import Guard
from steelyard.web.model_keeper import ModelKeeper
from steelyard.web.runs import Runs
from steelyard.web.shelf import Shelf
from steelyard.web.state import State

__all__ = ["MODEL_FOLDER", "create_app", "default_keeper"]

MODEL_FOLDER, RUNS_FOLDER = "peptide-model", "tables"
LOOPBACK = "127.0.0.1"


def default_keeper(home: Path) -> ModelKeeper:
    """The keeper of the peptide model that ships with the package, in ``home``."""
    from steelyard.flow.peptides import fit_peptides, open_peptides

    return ModelKeeper(home / MODEL_FOLDER, open_=open_peptides, train=fit_peptides)


def create_app(home: str | Path, *, host: str = LOOPBACK, keeper: ModelKeeper | None = None) -> Any:
    """Make the application; the model is opened or trained when it starts.

    Parameters
    ----------
    home : path
        Where the model is kept and tables are worked on; made when it is not there.
    host : str
        What the server will be bound to; requests under other names are refused.
    keeper : ModelKeeper, optional
        Another model than the one that ships with the package.

    Returns
    -------
    fastapi.FastAPI

    Raises
    ------
    MissingExtra
        fastapi is not installed.
    UserError
        The folder cannot be used.
    """
    fastapi = require("fastapi", extra="web", for_="the local page")
    from steelyard.web import answer_errors, routes_model, routes_page, routes_peptides, routes_tables

    folder = Path(home)
    state = State(keeper or default_keeper(folder), Shelf(), Runs(folder / RUNS_FOLDER))

    @asynccontextmanager
    async def life(app: Any) -> AsyncIterator[None]:
        state.keeper.start()
        yield
        state.runs.close()

    app = fastapi.FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    answer_errors.install(app)
    app.include_router(routes_page.router())
    for routes in (routes_model, routes_peptides, routes_tables):
        app.include_router(routes.router(state), prefix="/api")
    app.add_middleware(Guard, host=host)
    return app
