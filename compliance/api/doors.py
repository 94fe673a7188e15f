"""Mounting the programs' door on the application."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, request

from compliance.kernel.context import house
from compliance.witnesses.watch import Watch

from . import access, errors, oauth
from .access_audits import access_audits
from .access_events import access_events
from .accountability import accountability
from .accounts import accounts
from .assurance import assurance, assured
from .capacity import capacity
from .certificates import certificates
from .challenges import challenges
from .changes import changes
from .document import document
from .exceptions import exceptions
from .facts import facts
from .growth import growth
from .health import health
from .helping import helping
from .incidents import incidents
from .instruments import instruments
from .invitations import invitations
from .licences import licences
from .log import log
from .metrics import metrics
from .oauth import oauth as oauth_routes
from .openid import openid
from .organisations import organisations
from .outages import outages
from .people import people
from .proposals import proposals
from .reports import reports
from .retention import retention
from .retention_disposals import retention_disposals
from .retention_reviews import retention_reviews
from .roles import roles
from .rotas import rotas
from .sharing import sharing_routes
from .training import training
from .use_audits import use_audits
from .waiting import waiting
from .withdrawals import withdrawals

PATHS = ("/api", "/access", "/oauth2", "/.well-known", "/live", "/ready", "/metrics", "/openapi.json")
"""What belongs to programs: below these, whatever goes wrong is a problem document."""

PEOPLE = frozenset({"/oauth2/authorize", "/oauth2/logout", "/oauth2/logout/confirm"})
"""But for these, which programs send people to: pages, where the standards have them."""

WATCHED = frozenset({"api.health", "api.metrics", "api.document"})
"""What is answered whatever stands in the log: how the service is, and what it is."""

ROUTES: tuple[Blueprint, ...] = (
    health, oauth_routes, openid, accounts, people, roles, proposals, organisations, instruments, certificates, challenges, assurance, assured, withdrawals, licences, use_audits, capacity, waiting, rotas, invitations, exceptions, access_audits, access_events, incidents, sharing_routes, facts, accountability, growth, helping, reports, training, outages, retention, changes, retention_reviews, retention_disposals, log, document, metrics,
)  # fmt: skip

A_YEAR = 31_536_000


def register(app: Flask) -> None:
    """Mount every route of the API, and answer for its paths that lead nowhere."""
    oauth.register(app)
    programs = Blueprint("api", __name__)
    programs.before_request(_closed)
    programs.before_request(access.look)
    errors.teach(programs)
    for routes in ROUTES:
        programs.register_blueprint(routes)
    app.register_blueprint(programs)
    app.before_request(_lead_nowhere)
    app.after_request(_finish)


def ours(path: str) -> bool:
    """Whether a path belongs to programs."""
    return path not in PEOPLE and any(path == start or path.startswith(start + "/") for start in PATHS)


def _closed() -> Response | None:
    """Nothing is answered on a log that its witnesses contradict, but to whoever watches the service (AUD-3)."""
    if request.blueprint in WATCHED or not house().the(Watch).is_closed(house()):
        return None
    access.remember_request()
    return errors.closed()


def _lead_nowhere() -> Response | None:
    """A path or method there is none of has no route, and so no door: it is answered here."""
    if request.routing_exception is None or not ours(request.path):
        return None
    access.remember_request()
    return errors.turned_away(request.routing_exception)


def _finish(response: Response) -> Response:
    """What every answer to a program says: which request it answers, and that it is neither kept nor shown."""
    if not ours(request.path):
        return response
    headers = response.headers
    if "origin" in g and g.origin.request_id:
        headers["X-Request-ID"] = g.origin.request_id
    if "left" in g:
        headers.extend(g.left.headers)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    headers["Referrer-Policy"] = "no-referrer"
    if house().settings.secure:
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
    return response
