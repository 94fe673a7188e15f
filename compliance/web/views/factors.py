"""One's own second step, changed from within: another way, another passkey, one ended; with a fresh code (IDN-3)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g

from compliance.identity import queries, use_cases
from compliance.identity.errors import NoSuchPasskey
from compliance.identity.rules import Method
from compliance.identity.use_cases import Opened
from compliance.kernel.context import reading, work
from compliance.web import session_cookie, step_up
from compliance.web.access import signed_in
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show

from . import enrolling

pages = Blueprint("factors", __name__, url_prefix="/account/second-step")


@pages.get("")
@signed_in
def factors() -> Reply:
    """How one shows who one is, and what else there is to choose."""
    with reading() as ctx:
        held = queries.passkeys(ctx, g.sign_in.person.id)
    return show("factors.html", methods=g.sign_in.current.methods, passkeys=held, ways=enrolling.offered())


@pages.route("/app", methods=["GET", "POST"])
@signed_in
def app() -> Reply:
    """Take codes from an app, or from the app on another phone."""
    step_up.needed()
    return enrolling.app(lambda opened: _done(opened, "Codes now come from your authenticator app."))


@pages.route("/email", methods=["GET", "POST"])
@signed_in
def email() -> Reply:
    """Take codes by e-mail."""
    step_up.needed()
    return enrolling.email(lambda opened: _done(opened, "Codes now come by e-mail."))


@pages.post("/email/code")
@signed_in
def send_email_code() -> Reply:
    """Send the code that proves the address."""
    return enrolling.send_email_code()


@pages.route("/passkey", methods=["GET", "POST"])
@signed_in
def passkey() -> Reply:
    """Add a passkey."""
    step_up.needed()
    return enrolling.passkey(lambda opened: _done(opened, "Your passkey is added."))


@pages.post("/passkey/question")
@signed_in
def passkey_question() -> Reply:
    """What the browser has to make a passkey for."""
    return enrolling.passkey_question()


@pages.route("/passkeys/<uuid:passkey_id>/end", methods=["GET", "POST"])
@signed_in
def end(passkey_id: UUID) -> Reply:
    """End one of one's passkeys, such as that of a lost phone."""
    with reading() as ctx:
        held = queries.passkeys(ctx, g.sign_in.person.id)
    ending = next((each for each in held if each.id == passkey_id), None)
    if ending is None:
        raise NoSuchPasskey()
    step_up.needed()
    form = PlainForm()
    if form.sent():
        with telling(form):
            with work() as ctx:
                opened = use_cases.end_passkey(ctx, g.sign_in.current.session.id, passkey_id)
            return _done(opened, f"The passkey “{ending.name}” is ended.")
    last = len(held) == 1 and set(g.sign_in.current.methods) <= {Method.PASSKEY}
    return show("factor_end.html", form, ending=ending, last=last)


def _done(opened: Opened, says: str) -> Reply:
    session_cookie.give(opened)
    return on("factors.factors", f"{says} You are signed out everywhere else.")
