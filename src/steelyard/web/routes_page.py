"""The page itself."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from steelyard.web.page import page

__all__ = ["router"]


def router() -> APIRouter:
    """The one page there is."""
    routes = APIRouter()
    text, policy = page()

    @routes.get("/")
    def show() -> HTMLResponse:
        return HTMLResponse(text, headers={"content-security-policy": policy})

    return routes
