"""Every route there is, with the access it declares on its view."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from compliance.api.access import Door as ApiDoor
from compliance.api.evaluation import SCOPE
from compliance.decisions.questions import Sought
from compliance.web.access import Door as PageDoor

API = "/api/v1"
_CONVERTER = re.compile(r"<[a-z]+(\([^)]*\))?:")


@dataclass(frozen=True)
class Route:
    """A door: how it is come to, and what it says it asks for; `declared` is None where the view says nothing."""

    method: str
    path: str
    endpoint: str
    declared: ApiDoor | PageDoor | None

    @property
    def operation(self) -> str:
        """What the matrix calls it."""
        return f"{self.method} {self.path.removeprefix(API)}"

    @property
    def open(self) -> bool:
        return self.declared is not None and self.declared.open

    @property
    def permissions(self) -> tuple[str, ...]:
        if isinstance(self.declared, ApiDoor):
            return tuple(self.declared.permissions)
        return (self.declared.permission,) if self.declared and self.declared.permission else ()

    @property
    def access(self) -> str:
        return self.declared.says if self.declared else "declares nothing"


def routes(app: Flask) -> list[Route]:
    """Every route of the application, by path; and the decision paths, which are answered in front of Flask."""
    return sorted([*_flask(app), *_decisions()], key=lambda route: (route.path, route.method))


def api_doors(app: Flask) -> list[Route]:
    """The doors of the API proper."""
    return [route for route in routes(app) if route.path.startswith(API)]


def _flask(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        declared = getattr(view, "door", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(method, _CONVERTER.sub("<", rule.rule), rule.endpoint, declared)


def _decisions() -> Iterator[Route]:
    searches = [f"/access/v1/search/{kind.value}" for kind in Sought]
    for path in ("/access/v1/evaluation", "/access/v1/evaluations", *searches):
        yield Route("POST", path, "decisions", ApiDoor(scope=SCOPE))
