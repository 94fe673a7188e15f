"""Who may come through which door: every page declares it, and a page that declares nothing opens for nobody.

The declaration stands on the view function itself, so that it can be inventoried; it is looked at in one
place before any view runs. This is the coarse look. The use case looks again, at the record (DEC-3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, g, redirect, request, url_for

from compliance.identity.rules import Stage
from compliance.kernel.context import Actor, acting, house
from compliance.kernel.errors import Forbidden
from policies.access import Access
from policies.permissions import Permission

from . import going_back
from .replies import Reply

View = TypeVar("View", bound=Callable[..., Any])


NEXT_PAGE = {
    Stage.ENROL: "second_step.enrol",
    Stage.CODE: "second_step.code",
    Stage.RENEW: "sign_in.renew",
}
"""Where a sign-in that is not whole yet goes on."""


@dataclass(frozen=True)
class Door:
    """What a page asks of whoever comes: nothing, a stage of signing in, or a permission."""

    open: bool = False
    stages: frozenset[Stage] = frozenset()
    permission: Permission | None = None
    upload: bool = False
    foreign: bool = False
    """Whether another site's form may be sent here: it is only ever answered by asking again, by address."""

    @property
    def says(self) -> str:
        """The declaration in a few words, for the inventory."""
        if self.open:
            return "open to all"
        if self.permission:
            return str(self.permission)
        return "signed in" if self.stages == {Stage.WHOLE} else "signing in: " + ", ".join(sorted(self.stages))


def open_door(view: View) -> View:
    """Anyone may come, signed in or not."""
    return _declare(view, Door(open=True))


def foreign_forms(view: View) -> View:
    """Anyone may come, by another site's form: the standards ask for it. Nothing is done here."""
    return _declare(view, Door(open=True, foreign=True))


def signed_in(view: View) -> View:
    """Anyone who is signed in to the end may come."""
    return _declare(view, Door(stages=frozenset({Stage.WHOLE})))


def signing_in(*stages: Stage) -> Callable[[View], View]:
    """Only those whose sign-in stands at one of these stages may come."""
    return lambda view: _declare(view, Door(stages=frozenset(stages)))


def guarded(permission: Permission, *, upload: bool = False) -> Callable[[View], View]:
    """Only those with a role that has this permission may come; `upload` lets a file of 10 MB in."""
    return lambda view: _declare(view, Door(stages=frozenset({Stage.WHOLE}), permission=permission, upload=upload))


def door_of(endpoint: str | None) -> Door | None:
    """What the page declares; None for one that declares nothing."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "door", None)


def look() -> Reply | None:
    """The look itself: None to let the person in, else the page they are sent to; raises Forbidden."""
    door = door_of(request.endpoint)
    if door is None:
        raise Forbidden()
    if door.open:
        return None
    stage = Stage(g.sign_in.stage) if g.sign_in else None
    if stage is None:
        return _who_are_you()
    if stage not in door.stages:
        return redirect(url_for(NEXT_PAGE.get(stage, "home.home")), 303)
    if door.permission and not could(door.permission):
        raise Forbidden()
    return None


def could(permission: Permission, actor: Actor | None = None) -> bool:
    """Whether any role of this person permits it upon anything at all: what links and menus go by."""
    return house().the(Access).could(actor or acting(), permission)


def can(permission: Permission, organisation_id: UUID | None = None) -> bool:
    """Whether the person may do this to a thing of this organisation: what buttons go by."""
    return house().the(Access).permits(acting(), permission, organisation_id)


def _declare(view: View, door: Door) -> View:
    view.door = door  # type: ignore[attr-defined]
    return view


def _who_are_you() -> Reply:
    came_for = going_back.this_page()
    ended = bool(g.had_cookie)
    return redirect(url_for("sign_in.ended" if ended else "sign_in.sign_in", next=came_for), 303)
