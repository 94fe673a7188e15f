"""Enrolling a second factor, on the way in and later from one's account: the same pages, each way on its own (IDN-3)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, g, jsonify, redirect, request, url_for

from compliance.identity import passkeys, queries, use_cases
from compliance.identity.rules import Method
from compliance.identity.use_cases import Opened
from compliance.kernel.context import house, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.web import qr
from compliance.web.forms.plain import telling
from compliance.web.forms.second_step import Code, NewPasskey
from compliance.web.replies import Reply, show
from policies.values import Policy

Onward = Callable[[Opened], Reply]

NOT_THIS_APP_CODE = "That code is not right. Wait for the next one in your app, then enter it."
NOT_THIS_MAILED_CODE = "That code is not right. Enter the newest code that was sent to you, or send another."
NO_PASSKEY = "Your device did not make a passkey. Try again, or choose another way."


def offered() -> tuple[Method, ...]:
    """The ways that the policy and this address leave to whoever is here, the strongest first."""
    with reading() as ctx:
        allowed = queries.allowed(ctx, g.sign_in.person)
    named = passkeys.host(house().settings) is not None
    return tuple(method for method in allowed if named or method is not Method.PASSKEY)


def app(onward: Onward) -> Reply:
    """An authenticator app: a picture for its camera, the same in letters, and its first code."""
    _only(Method.APP)
    form = Code()
    if form.sent():
        with telling(form):
            with work() as ctx:
                opened = use_cases.confirm_enrolment(ctx, _session_id(), form.code.data or "")
            if opened:
                return onward(opened)
            form.tell_at("code", NOT_THIS_APP_CODE)
    with work() as ctx:
        enrolment = use_cases.start_enrolment(ctx, _session_id())
    return show("enrol_app.html", form, picture=qr.drawn(enrolment.uri), secret=qr.in_groups(enrolment.secret))


def email(onward: Onward) -> Reply:
    """Codes by e-mail: one is sent, and the page takes it."""
    _only(Method.EMAIL)
    form = Code()
    if form.sent():
        with telling(form):
            with work() as ctx:
                opened = use_cases.confirm_email(ctx, _session_id(), form.code.data or "")
            if opened:
                return onward(opened)
            form.tell_at("code", NOT_THIS_MAILED_CODE)
    with reading() as ctx:
        sent = queries.code_is_out(ctx, _session_id())
    return show("enrol_email.html", form, sent=sent, minutes=in_force(Policy).second_factor.email_code_minutes)


def send_email_code() -> Reply:
    """Send the first code, or another."""
    with work() as ctx:
        use_cases.send_first_code(ctx, _session_id())
    flash(f"A code is on its way to {g.sign_in.person.email}.")
    return redirect(url_for(".email"), 303)


def passkey(onward: Onward) -> Reply:
    """A passkey: the browser makes it when the button is pressed, and the form brings what it says."""
    ways = _only(Method.PASSKEY)
    form = NewPasskey()
    if form.sent():
        with telling(form):
            with work() as ctx:
                opened = use_cases.make_passkey(
                    ctx, _session_id(), request.form.get("passkey", ""), name=form.name.data or ""
                )
            if opened:
                return onward(opened)
            form.refuse(NO_PASSKEY)
    return show("enrol_passkey.html", form, others=len(ways) > 1)


def passkey_question() -> Reply:
    """What the browser has to make a passkey for, as its script takes it."""
    with work() as ctx:
        return jsonify(use_cases.start_passkey(ctx, _session_id()))


def _only(method: Method) -> tuple[Method, ...]:
    """Every way that is offered here; raises NotFound where this one is not among them."""
    ways = offered()
    if method not in ways:
        raise NotFound()
    return ways


def _session_id() -> UUID:
    session_id: UUID = g.sign_in.current.session.id
    return session_id
