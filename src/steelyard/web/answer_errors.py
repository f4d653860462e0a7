"""Every mistake as one sentence of JSON, with the status that fits."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from steelyard.errors import SteelyardError
from steelyard.web.read_body import TooLarge

__all__ = ["Gone", "NotReady", "install"]

WORDS = {404: "There is nothing at this address.", 405: "This cannot be done at this address."}


class Gone(SteelyardError):
    """A result that is not kept any more, or never was."""


class NotReady(SteelyardError):
    """The model is still being made."""


STATUS: dict[type[Exception], int] = {Gone: 404, NotReady: 503, TooLarge: 413}


def _said(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)


def install(app: FastAPI) -> None:
    """Let ``app`` answer mistakes of its users in words; a bug keeps its traceback, in the terminal."""

    @app.exception_handler(SteelyardError)
    async def ours(request: Request, error: SteelyardError) -> JSONResponse:
        return _said(STATUS.get(type(error), 400), str(error))

    @app.exception_handler(HTTPException)
    async def theirs(request: Request, error: HTTPException) -> JSONResponse:
        return _said(error.status_code, WORDS.get(error.status_code, str(error.detail)))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return _said(422, f"'{first['loc'][-1]}' cannot be used: {first['msg']}.")

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> JSONResponse:
        return _said(500, f"Something went wrong here ({type(error).__name__}). The terminal says more.")
