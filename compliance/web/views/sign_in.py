"""Coming in and going out: the invitation and the password. The second step has pages of its own."""

from __future__ import annotations

import time

from flask import Blueprint, flash, g, redirect, request, url_for

from compliance.identity import queries, use_cases
from compliance.identity.patience import Patience
from compliance.identity.rules import Stage
from compliance.identity.use_cases import Opened, Outcome
from compliance.kernel.context import house, origin, reading, work
from compliance.web import going_back, going_on, session_cookie
from compliance.web.access import NEXT_PAGE, open_door, signing_in
from compliance.web.criteria import criteria
from compliance.web.forms.plain import telling
from compliance.web.forms.sign_in import FirstPassword, NewPassword, SignIn
from compliance.web.replies import Reply, show

pages = Blueprint("sign_in", __name__)

NOT_SIGNED_IN = (
    "The e-mail address or the password is not right, or the account is locked. Check both and try again. "
    "If it still does not work, ask your MARAC Hub Team to reset your account."
)


@pages.route("/sign-in", methods=["GET", "POST"])
@open_door
def sign_in() -> Reply:
    """E-mail address and password; the answer to a wrong one is the same whatever was wrong (IDN-4)."""
    if g.sign_in and g.sign_in.stage is Stage.WHOLE:
        return redirect(going_back.asked_for(), 303)
    form = SignIn()
    if form.sent():
        with telling(form):
            began = time.monotonic()
            outcome = use_cases.sign_in(
                house(), origin(), email=form.email.data or "", password=form.password.data or ""
            )
            if outcome.opened:
                return onward(outcome.opened)
            late(outcome, began)
            form.refuse(NOT_SIGNED_IN)
    return show("sign_in.html", form, next=going_back.ours(request.values.get("next")))


@pages.route("/sign-in/new-password", methods=["GET", "POST"])
@signing_in(Stage.RENEW)
def renew() -> Reply:
    """A password past its 90 days opens the way to a new one and to nothing else (IDN-2)."""
    form = NewPassword()
    if form.sent() and form.same_twice() and changed(form):
        flash("Your password is changed, and you are signed in.")
        return going_on.on_to(going_back.asked_for())
    person = g.sign_in.person
    with reading() as ctx:
        password = queries.live_password(ctx, person.id)
    known = bool(password and password.compromised_at)
    return show("new_password.html", form, expired=True, compromised=known, criteria=criteria(person))


def changed(form: NewPassword) -> bool:
    """Change the password as the form says; False when the form was told what is wrong."""
    with telling(form):
        began = time.monotonic()
        with work() as ctx:
            outcome = use_cases.change_password(ctx, current=form.current.data or "", new=form.password.data or "")
        if outcome.opened:
            session_cookie.give(outcome.opened)
            return True
        late(outcome, began)
        form.tell_at("current", "That is not your current password. Enter it again.")
    return False


@pages.post("/sign-out")
@signing_in(*Stage)
def sign_out() -> Reply:
    """Out, at any stage."""
    with work() as ctx:
        use_cases.sign_out(ctx, g.sign_in.current.session.id)
    session_cookie.take_back()
    return redirect(url_for("sign_in.signed_out"), 303)


@pages.get("/signed-out")
@open_door
def signed_out() -> Reply:
    """That one is out."""
    return show("signed_out.html")


@pages.get("/session-ended")
@open_door
def ended() -> Reply:
    """Why the page asked for is not shown: the sign-in it belonged to is over, or went on in another tab (IDN-6)."""
    if g.sign_in:
        return show("went_on.html", next=going_back.asked_for())
    session_cookie.take_back()
    return show("session_ended.html", next=going_back.ours(request.args.get("next")))


@pages.route("/invitation/<token>", methods=["GET", "POST"])
@open_door
def invitation(token: str) -> Reply:
    """The single-use link: whoever holds it sets the password of that account (IDN-8)."""
    with reading() as ctx:
        person = use_cases.look_at_invitation(ctx, token)
    form = FirstPassword()
    if form.sent() and form.same_twice():
        with telling(form):
            with work() as ctx:
                opened = use_cases.accept_invitation(ctx, token, password=form.password.data or "")
            return onward(opened)
    return show("invitation.html", form, invited=person, criteria=criteria(person))


def onward(opened: Opened) -> Reply:
    """On to what this sign-in is asked for next, or to where the person wanted to be."""
    session_cookie.give(opened)
    there = going_back.asked_for()
    stage = Stage(opened.stage)
    if stage is Stage.WHOLE:
        return going_on.on_to(there)
    return redirect(url_for(NEXT_PAGE[stage], next=going_back.ours(there)), 303)


def late(outcome: Outcome, began: float) -> None:
    """The answer to one failure after another comes later and later (IDN-4)."""
    house().the(Patience).late(outcome.wait_seconds, since=began)
