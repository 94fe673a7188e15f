"""The second step of signing in: a code or a passkey, or choosing the way at the first sign-in (IDN-3)."""

from __future__ import annotations

import time

from flask import Blueprint, flash, g, jsonify, redirect, request, url_for

from compliance.identity import passkeys, queries, use_cases
from compliance.identity.rules import Method, Stage
from compliance.identity.use_cases import Opened
from compliance.kernel.context import house, in_force, reading, work
from compliance.web import going_back
from compliance.web.access import signing_in
from compliance.web.forms.plain import telling
from compliance.web.forms.second_step import Code, Way
from compliance.web.replies import Reply, show
from policies.values import Policy

from . import enrolling
from .enrolling import NOT_THIS_APP_CODE, NOT_THIS_MAILED_CODE
from .sign_in import late, onward

pages = Blueprint("second_step", __name__)

NOT_THIS_PASSKEY = "Your passkey did not open your account. Try again, or use another way."

WAYS = {
    Method.PASSKEY: ("A passkey", "Your phone, fingerprint or security key. The quickest and the safest."),
    Method.APP: ("An authenticator app", "An app on your phone shows a code, also where there is no signal."),
    Method.EMAIL: ("A code by e-mail", "A code is sent to you each time. It can take a minute to arrive."),
}


@pages.route("/sign-in/code", methods=["GET", "POST"])
@signing_in(Stage.CODE)
def code() -> Reply:
    """The second factor, by whichever ways the person has (IDN-3)."""
    current = g.sign_in.current
    form = Code()
    by_passkey = bool(request.form.get("passkey"))
    if request.method == "POST" and (by_passkey or form.sent()):
        with telling(form):
            began = time.monotonic()
            with work() as ctx:
                if by_passkey:
                    outcome = use_cases.give_passkey(ctx, current.session.id, request.form["passkey"])
                else:
                    outcome = use_cases.give_code(ctx, current.session.id, form.code.data or "")
            if outcome.opened:
                return onward(outcome.opened)
            late(outcome, began)
            if by_passkey:
                form.refuse(NOT_THIS_PASSKEY)
            else:
                form.tell_at("code", NOT_THIS_MAILED_CODE if Method.EMAIL in current.methods else NOT_THIS_APP_CODE)
    with reading() as ctx:
        sent = Method.EMAIL in current.methods and queries.code_is_out(ctx, current.session.id)
    return show(
        "code.html",
        form,
        next=going_back.ours(request.values.get("next")),
        methods=current.methods,
        named=passkeys.host(house().settings) is not None,
        sent=sent,
        minutes=in_force(Policy).second_factor.email_code_minutes,
    )


@pages.post("/sign-in/code/another")
@signing_in(Stage.CODE)
def another() -> Reply:
    """Another code by e-mail; the one before it opens nothing any more."""
    with work() as ctx:
        use_cases.send_code(ctx, g.sign_in.current.session.id)
    flash(f"A new code is on its way to {g.sign_in.person.email}. Earlier ones do not work any more.")
    return redirect(url_for("second_step.code", next=going_back.ours(request.form.get("next"))), 303)


@pages.post("/passkey-question")
@signing_in(Stage.CODE, Stage.WHOLE)
def question() -> Reply:
    """What the browser has to sign with a passkey, as its script takes it."""
    with work() as ctx:
        return jsonify(use_cases.ask_for_passkey(ctx, g.sign_in.current.session.id))


@pages.route("/sign-in/authenticator", methods=["GET", "POST"])
@signing_in(Stage.ENROL)
def enrol() -> Reply:
    """Which second step it shall be, the strongest first; where there is one way only, on to it."""
    ways = enrolling.offered()
    if len(ways) == 1:
        return redirect(url_for(f"second_step.{ways[0]}", next=going_back.ours(request.values.get("next"))), 303)
    form = Way()
    form.way.choices = [(str(method), WAYS[method][0]) for method in ways]
    if form.sent():
        return redirect(url_for(f"second_step.{form.way.data}", next=going_back.ours(request.values.get("next"))), 303)
    hints = [WAYS[method][1] for method in ways]
    return show("enrol.html", form, hints=hints, next=going_back.ours(request.values.get("next")))


@pages.route("/sign-in/authenticator/app", methods=["GET", "POST"])
@signing_in(Stage.ENROL)
def app() -> Reply:
    """Set up an authenticator app."""
    return enrolling.app(_in)


@pages.route("/sign-in/authenticator/email", methods=["GET", "POST"])
@signing_in(Stage.ENROL)
def email() -> Reply:
    """Set up codes by e-mail."""
    return enrolling.email(_in)


@pages.post("/sign-in/authenticator/email/code")
@signing_in(Stage.ENROL)
def send_email_code() -> Reply:
    """Send the code that proves the address."""
    return enrolling.send_email_code()


@pages.route("/sign-in/authenticator/passkey", methods=["GET", "POST"])
@signing_in(Stage.ENROL)
def passkey() -> Reply:
    """Set up a passkey."""
    return enrolling.passkey(_in)


@pages.post("/sign-in/authenticator/passkey/question")
@signing_in(Stage.ENROL)
def passkey_question() -> Reply:
    """What the browser has to make a passkey for."""
    return enrolling.passkey_question()


def _in(opened: Opened) -> Reply:
    flash("Your account is set up, and you are signed in.")
    return onward(opened)
