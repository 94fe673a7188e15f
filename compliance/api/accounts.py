"""A person's own account: setting it up from an invitation, signing in and out, a new password (IDN-1 to IDN-8).

The token of a sign-in changes at every step; each answer holds the one that counts from then on.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from flask import Blueprint, g

from compliance.identity import use_cases
from compliance.identity.patience import Patience
from compliance.identity.queries import CurrentSession
from compliance.identity.rules import Stage
from compliance.identity.use_cases import Opened, Outcome
from compliance.kernel.context import acting, house, origin, work
from compliance.kernel.errors import FieldError, Invalid

from .access import open_door, signed_in, signing_in
from .errors import NotSignedIn
from .reading import Body, Secret, parse
from .replies import Reply, changed, present

accounts = Blueprint("accounts", __name__, url_prefix="/api/v1")


class WrongCode(Invalid):
    code = "code-not-right"
    rule = "IDN-3"
    detail = "That code is not the right one. Use the newest one: each opens once."

    def __init__(self) -> None:
        super().__init__(fields=(FieldError("/code", self.detail),))


class WrongPassword(Invalid):
    code = "password-not-right"
    rule = "IDN-4"
    detail = "That is not your present password."

    def __init__(self) -> None:
        super().__init__(fields=(FieldError("/current", self.detail),))


class FromInvitation(Body):
    token: Secret
    password: Secret


class Credentials(Body):
    email: Secret
    password: Secret


class Code(Body):
    code: Secret


class NewPassword(Body):
    current: Secret
    new: Secret


@accounts.post("/account/invitation")
@open_door
def accept_invitation() -> Reply:
    """Use a single-use link up: set the password, and begin a sign-in that waits for the second factor (IDN-8)."""
    body = parse(FromInvitation)
    with work() as ctx:
        opened = use_cases.accept_invitation(ctx, body.token, password=body.password)
    return changed(ctx, _opened(opened), 201)


@accounts.post("/account/authenticator")
@signing_in(Stage.ENROL)
def start_enrolment() -> Reply:
    """The secret that an authenticator app takes, and the same as an address for a QR code (IDN-3)."""
    with work() as ctx:
        enrolment = use_cases.start_enrolment(ctx, _session_id())
    return changed(ctx, {"secret": enrolment.secret, "uri": enrolment.uri})


@accounts.post("/account/authenticator/confirmation")
@signing_in(Stage.ENROL)
def confirm_enrolment() -> Reply:
    """A first code proves that the app took the secret; the sign-in is whole with it (IDN-3)."""
    body = parse(Code)
    with work() as ctx:
        opened = use_cases.confirm_enrolment(ctx, _session_id(), body.code)
    if opened is None:
        raise WrongCode()
    return changed(ctx, _opened(opened))


@accounts.post("/account/password")
@signing_in(Stage.RENEW, Stage.WHOLE)
def change_password() -> Reply:
    """Set a new password in the place of one's own; every other sign-in of the person ends (IDN-2, IDN-6)."""
    body = parse(NewPassword)
    began = time.monotonic()
    try:
        with work() as ctx:
            outcome = use_cases.change_password(ctx, current=body.current, new=body.new)
    except Invalid as refusal:
        raise _at(refusal, "/password", "/new") from None
    opened = _waited_for(outcome, began)
    if opened is None:
        raise WrongPassword()
    return changed(ctx, _opened(opened))


@accounts.post("/sessions")
@open_door
def sign_in() -> Reply:
    """Name and password; what opens waits for a code. A refusal never says which part was wrong (IDN-4)."""
    body = parse(Credentials)
    began = time.monotonic()
    outcome = use_cases.sign_in(house(), origin(), email=body.email, password=body.password)
    opened = _waited_for(outcome, began)
    if opened is None:
        raise NotSignedIn()
    return present(_opened(opened), 201)


@accounts.post("/sessions/current/code")
@signing_in(Stage.CODE)
def give_code() -> Reply:
    """The second factor: with it the sign-in is whole, or leads to a new password (IDN-2, IDN-3)."""
    body = parse(Code)
    began = time.monotonic()
    with work() as ctx:
        outcome = use_cases.give_code(ctx, _session_id(), body.code)
    opened = _waited_for(outcome, began)
    if opened is None:
        raise WrongCode()
    return changed(ctx, _opened(opened))


@accounts.post("/sessions/current/email-code")
@signing_in(Stage.CODE, Stage.WHOLE)
def send_code() -> Reply:
    """Another code to the person's e-mail address, where codes come from there; earlier ones open nothing (IDN-3)."""
    with work() as ctx:
        use_cases.send_code(ctx, _session_id())
    return changed(ctx, {"sent": True})


@accounts.post("/sessions/current/fresh-code")
@signed_in
def freshen() -> Reply:
    """The second factor again, before a sensitive act; the token changes with it (IDN-6)."""
    body = parse(Code)
    began = time.monotonic()
    with work() as ctx:
        outcome = use_cases.freshen(ctx, _session_id(), body.code)
    opened = _waited_for(outcome, began)
    if opened is None:
        raise WrongCode()
    return changed(ctx, _opened(opened) | {"fresh": True})


@accounts.get("/sessions/current")
@signing_in(*Stage)
def current_session() -> Reply:
    """Who is signed in, how far, with which roles, and until when the last code counts as fresh."""
    current: CurrentSession = g.sign_in
    return present(
        {
            "session_id": current.session.id,
            "stage": current.stage,
            "person": {
                "id": current.person.id,
                "full_name": current.person.full_name,
                "email": current.person.email,
                "organisation_id": current.person.organisation_id,
                "hub_team": current.person.hub_team,
            },
            "roles": [
                {"role": holding.role, "organisation_id": holding.organisation_id, "area": holding.area}
                for holding in sorted(acting().holdings, key=lambda held: (held.role, str(held.organisation_id)))
            ],
            "fresh_until": current.fresh_until,
        }
    )


@accounts.delete("/sessions/current")
@signing_in(*Stage)
def sign_out() -> Reply:
    """End the sign-in; its token opens nothing from here (IDN-6)."""
    with work() as ctx:
        use_cases.sign_out(ctx, _session_id())
    return changed(ctx, {})


def _session_id() -> UUID:
    current: CurrentSession = g.sign_in
    return current.session.id


def _opened(opened: Opened) -> dict[str, Any]:
    return {
        "token": opened.token,
        "token_type": "Bearer",
        "stage": opened.stage,
        "session_id": opened.session_id,
        "person_id": opened.person_id,
    }


def _waited_for(outcome: Outcome, began: float) -> Opened | None:
    """What came of a try, after the time that failures in a row cost (IDN-4); no transaction is open meanwhile."""
    house().the(Patience).late(outcome.wait_seconds, since=began)
    return outcome.opened


def _at(refusal: Invalid, pointer: str, place: str) -> Invalid:
    """The same refusal, pointing at our name for the thing."""
    refusal.fields = tuple(
        FieldError(place if error.pointer == pointer else error.pointer, error.detail) for error in refusal.fields
    )
    return refusal
