"""Telling our own forms from another site's: a token in each form, and where the browser says the form stood."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from compliance.kernel.context import house
from compliance.kernel.errors import Forbidden
from compliance.kernel.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

tokens = CSRFProtect()


class ForeignForm(Forbidden):
    code = "foreign-form"
    detail = (
        "This form did not come from this service. Go to the page yourself and fill it in there. Nothing was changed."
    )


class FormTooOld(Forbidden):
    code = "form-too-old"
    detail = "This form was open for too long, or was opened before you signed in. Go back, load the page again and send it once more."


def teach(app: Flask, settings: Settings) -> None:
    """Set the tokens up; they are asked for by the pages alone, never by the programs' door."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-form" if settings.secure else "form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        # A form lives as long as its session; the time limit would only lose what somebody typed slowly.
        WTF_CSRF_TIME_LIMIT=None,
        # We send no referrer, so there is none to compare; `look` compares the origin instead.
        WTF_CSRF_SSL_STRICT=False,
    )
    tokens.init_app(app)


def look() -> None:
    """Refuse a change that another site's page sent; raises ForeignForm or FormTooOld."""
    if request.method in SAFE:
        return
    _look_at_origin()
    try:
        tokens.protect()
    except CSRFError as problem:
        raise FormTooOld() from problem


def _look_at_origin() -> None:
    """A browser names the page's origin, or calls it `null` because we send no referrer and then says how near it was."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise ForeignForm()
    if origin is None:
        return
    if origin == "null":
        if site != "same-origin":
            raise ForeignForm()
    elif origin != house().settings.base_url:
        raise ForeignForm()
