"""The case system as a web application: made of its settings, so that a test can make one beside a real service."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from compliance.client import Service, WithSecret

from .clocks import said
from .pages import pages
from .store import Store
from .way_in import way_in

OPEN_TO_ALL = frozenset(
    {"way_in.begin", "way_in.come_back", "way_in.ended_elsewhere", "way_in.left", "static", "hook.may_open"}
)
"""What can be reached by somebody who is not signed in."""


@dataclass(frozen=True)
class Settings:
    """Where the service is, who we are to it, where we are, and where our own database lies."""

    service_url: str
    client_id: str
    secret: str = field(repr=False)
    base_url: str
    var: Path
    log_keys: tuple[str, ...] = ()
    seconds: float = 2.0
    kit: bool = False


def create_app(settings: Settings) -> Flask:
    """An application of its own for these settings."""
    app = Flask(__name__)
    settings.var.mkdir(parents=True, exist_ok=True)
    app.config.update(
        SECRET_KEY=_secret(settings.var / "cookie.key"), SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME="case_system", SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
    )  # fmt: skip
    service = Service(settings.service_url, WithSecret(settings.client_id, settings.secret), seconds=settings.seconds)
    app.extensions["settings"], app.extensions["compliance"] = settings, service
    app.extensions["store"] = Store(settings.var / "cases.sqlite")
    app.extensions["sign_in"] = service.sign_in(settings.client_id, f"{settings.base_url}{'/signed-in'}")
    app.register_blueprint(way_in)
    app.register_blueprint(pages)
    if settings.kit:
        from .hook import hook

        app.register_blueprint(hook)
    app.add_template_filter(said)
    app.before_request(_who)
    app.after_request(_safe)
    app.jinja_env.globals["form_token"] = _form_token
    return app


def _who() -> Response | None:
    """Whose session this is; nobody's is sent to sign in, and a form that is not ours does nothing."""
    g.session, g.now = None, datetime.now(UTC)
    if request.endpoint in OPEN_TO_ALL or request.endpoint is None:
        return None
    store: Store = _app().extensions["store"]
    with store.reading() as db:
        row = db.execute(
            "SELECT * FROM sessions WHERE id = ? AND ended_at IS NULL", (session.get("id", ""),)
        ).fetchone()
    if row is None:
        session.pop("id", None)
        return redirect(url_for("way_in.begin"))
    g.session = row
    if request.method == "POST" and not secrets.compare_digest(request.form.get("form_token", ""), _form_token()):
        return Response("This form is not ours, or too old. Go back and try again.", 400)
    return None


def _form_token() -> str:
    token: str = session.setdefault("form_token", secrets.token_urlsafe(32))
    return token


def _safe(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'; form-action 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _app() -> Flask:
    from flask import current_app

    return current_app


def _secret(path: Path) -> bytes:
    """A key of our own for cookies, made once."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()
