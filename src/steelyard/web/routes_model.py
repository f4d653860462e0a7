"""The peptide model: how far it is, what is known about it, and training it again."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from steelyard.web.state import State

__all__ = ["router"]


def router(state: State) -> APIRouter:
    """The routes about the model."""
    routes = APIRouter()

    @routes.get("/model")
    def show() -> dict[str, Any]:
        model = state.keeper.model
        return {**state.keeper.state(), "card": None if model is None else model.card}

    @routes.post("/model/train")
    def train() -> dict[str, Any]:
        state.keeper.start(anew=True)
        return state.keeper.state()

    return routes
