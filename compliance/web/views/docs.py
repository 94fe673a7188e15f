"""The contract for whoever builds a case system, as pages: every operation with who may, what is sent, and an example."""

from __future__ import annotations

from flask import Blueprint

from compliance.kernel.context import house
from compliance.kernel.contract import Contract, Operation, title
from compliance.kernel.errors import NotFound
from compliance.web.access import open_door
from compliance.web.contract_words import shown, slug, to_do
from compliance.web.replies import Reply, show

pages = Blueprint("docs", __name__)


@pages.get("/docs")
@open_door
def contract() -> Reply:
    """Every operation by what it belongs to, with what it does and who may ask for it."""
    return show("docs.html", rooms=_rooms(), slug=slug)


@pages.get("/docs/problems")
@open_door
def problems() -> Reply:
    """Every code that a problem document may carry: its status, its rule, and what it says."""
    return show("docs_problems.html", problems=house().the(Contract).said["x-problems"])


@pages.get("/problems/<code>")
@open_door
def problem(code: str) -> Reply:
    """What one problem means and what to do about it: where the `type` of every problem document leads (RFC 9457 3.1.1)."""
    said = house().the(Contract).said["x-problems"].get(code)
    if said is None:
        raise NotFound()
    return show("docs_problem.html", code=code, title=title(code), said=said, to_do=to_do(code, said["status"]))


@pages.get("/docs/<room>")
@open_door
def room(room: str) -> Reply:
    """The operations of one room, whole."""
    for name, operations in _rooms().items():
        if slug(name) == room:
            said = house().the(Contract)
            return show("docs_room.html", room=name, operations=[shown(said, each) for each in operations])
    raise NotFound()


def _rooms() -> dict[str, list[Operation]]:
    """The operations by room, the rooms by name."""
    found: dict[str, list[Operation]] = {}
    for operation in house().the(Contract).operations:
        found.setdefault(operation.room, []).append(operation)
    return dict(sorted(found.items()))
