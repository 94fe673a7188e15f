"""Mounting the people's door on the application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, g, request, send_from_directory
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy

from compliance.identity.rules import Stage
from compliance.kernel.context import house, in_force
from compliance.witnesses.watch import Watch
from policies.permissions import Permission
from policies.values import BrokenPolicy, Policy

from . import access, errors, forgery, headers, lists, sections, session_cookie, step_up, words
from .access import open_door
from .replies import Reply
from .views import ALL

FORM_BYTES = 256 * 1024
UPLOAD_BYTES = 12 * 1024 * 1024
FIELDS_MOST = 500

PROGRAMS = ("/api/", "/access/", "/oauth2/", "/.well-known/", "/openapi.json", "/live", "/ready", "/metrics")
"""Paths that belong to programs: what is wrong there is said by the other door, as a problem document."""

PEOPLE = frozenset({"/oauth2/authorize", "/oauth2/logout", "/oauth2/logout/confirm"})
"""But for these, which programs send people to."""

STATIC = Path(__file__).with_name("static")

assets = Blueprint("assets", __name__)


def register(app: Flask) -> None:
    """Mount every page."""
    forgery.teach(app, app.extensions["compliance"].settings)
    session_cookie.teach(app)
    words.teach(app)
    lists.teach(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    libraries = ("govuk_frontend_jinja", "govuk_frontend_wtf")
    app.jinja_loader = ChoiceLoader(
        [PackageLoader("compliance.web"), PrefixLoader({library: PackageLoader(library) for library in libraries})]
    )
    app.context_processor(_layout)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.register_blueprint(assets)
    _answer_for_unknown_addresses(app)


@assets.get("/static/<path:name>")
@open_door
def file(name: str) -> Response:
    """A style sheet, a script or a picture, as it stands in the repository."""
    return headers.add(send_from_directory(STATIC, name))


def _before() -> Reply | None:
    """In this order: whether we are open at all, how much may be sent, who comes, whether they may, whether the form is ours, a fresh code."""
    if house().the(Watch).is_closed(house()):
        return errors.closed()
    door = access.door_of(request.endpoint)
    request.max_content_length = UPLOAD_BYTES if door and door.upload else FORM_BYTES
    request.max_form_parts = FIELDS_MOST
    session_cookie.look()
    turned_away = access.look()
    if turned_away is not None:
        return turned_away
    if not (door and door.foreign):
        forgery.look()
    return step_up.look()


def _answer_for_unknown_addresses(app: Flask) -> None:
    others = app.error_handler_spec[None][None].get(HTTPException)

    def unknown(problem: HTTPException) -> Any:
        if others and request.path.startswith(PROGRAMS) and request.path not in PEOPLE:
            return others(problem)
        try:
            if "sign_in" not in g:
                session_cookie.look()
        except (DBAPIError, PoolTimeout) as silent:
            return errors.out_of_reach(silent)
        except BrokenPolicy as broken:
            return errors.nothing_to_go_by(broken)
        return errors.turned_away(problem)

    app.register_error_handler(HTTPException, unknown)


def _layout() -> dict[str, Any]:
    """What the frame of every page shows: who is signed in, and the parts of the service open to them.

    What the policy says is asked for by the pages that show it, and so by no page that says that it is broken.
    """
    sign_in = g.get("sign_in")
    whole = sign_in is not None and sign_in.stage == Stage.WHOLE
    return {
        "menu": sections.menu() if whole else [],
        "menu_group": sections.of_this_group() if whole else [],
        "section": sections.of_this_page() if whole else [],
        "person": sign_in.person if sign_in else None,
        "whole": whole,
        "can": access.can,
        "could": access.could,
        "Permission": Permission,
        "now": house().clock.now(),
        "hours": LocalProxy(lambda: in_force(Policy).sign_in.invitation_hours),
        "required_policies": LocalProxy(lambda: in_force(Policy).licences.required_policies),
        "required_contacts": LocalProxy(lambda: in_force(Policy).licences.required_contacts),
        "all_areas": LocalProxy(lambda: len(in_force(Policy).areas)),
    }


PAGES = (*ALL, step_up.pages)

for _pages in PAGES:
    _pages.before_request(_before)
    _pages.after_request(headers.add)
    errors.teach(_pages)
