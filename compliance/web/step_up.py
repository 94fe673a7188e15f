"""Asking for a fresh code before a sensitive act, and going on with that act as it was typed (IDN-6).

One way for all of them. When a use case says that a fresh code is needed, the answer is a page that asks
for it and carries along, in hidden fields, whatever was being sent. Sent again to the same address with the
code, it is looked at here first; then the view runs as if nothing had been in between. A file cannot be
carried, so pages that take one ask before the form is shown.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, g, make_response, render_template, request, url_for

from compliance.identity import passkeys, use_cases
from compliance.identity.errors import EmailCodesOver, FreshCodeNeeded
from compliance.identity.patience import Patience
from compliance.identity.rules import Method
from compliance.kernel.context import house, origin, work
from policies.values import Policy

from . import going_back, going_on, headers, session_cookie
from .access import signed_in
from .forms.second_step import FreshCode
from .replies import Reply

FIELD = "fresh_code"
PASSKEY_FIELD = "fresh_passkey"
SEND_FIELD = "fresh_send"
_FIELDS = frozenset({FIELD, PASSKEY_FIELD, SEND_FIELD})
_NOT_CARRIED = _FIELDS | {"csrf_token"}

_WRONG = {
    Method.PASSKEY: "Your passkey did not prove that it is you. Try again, or use another way.",
    Method.APP: "That code is not right. Wait for the next one in your app, then enter it.",
    Method.EMAIL: "That code is not right. Enter the newest code that was sent to you, or send another.",
}

pages = Blueprint("step_up", __name__)


def needed() -> None:
    """Ask now, before a form that takes a file is shown; raises FreshCodeNeeded."""
    fresh = origin().fresh_until
    if fresh is None or fresh <= house().clock.now():
        raise FreshCodeNeeded()


def ask(
    _needed: FreshCodeNeeded | None = None, *, wrong: Method | None = None, sent: bool = False, over: str = ""
) -> Reply:
    """The page that asks for the code, carrying what was typed; `sent` says that a code is on its way."""
    form = FreshCode(formdata=None)
    if over:
        form.refuse(over)
    if wrong is Method.PASSKEY:
        form.refuse(_WRONG[wrong])
    elif wrong is not None:
        form.tell_at(FIELD, _WRONG[wrong])
    sending = request.method == "POST" and request.endpoint != "step_up.confirm"
    carried = (
        [(name, value) for name, values in request.form.lists() if name not in _NOT_CARRIED for value in values]
        if request.method == "POST"
        else [("next", going_back.this_page() or url_for("home.home"))]
    )
    reply = make_response(
        render_template(
            "fresh_code.html",
            form=form,
            carried=carried,
            action=request.full_path.rstrip("?") if sending else url_for("step_up.confirm"),
            loses_file=any(file.filename for file in request.files.values()),
            methods=g.sign_in.current.methods,
            named=passkeys.host(house().settings) is not None,
            sent=sent,
        ),
        422 if wrong or over else 403 if sending and not sent else 200,
    )
    return headers.add(reply)


def look() -> Reply | None:
    """Before the view: where a code or a passkey was sent along, it is checked and the sign-in made fresh."""
    if request.method != "POST" or not g.sign_in or not _FIELDS & set(request.form):
        return None
    if SEND_FIELD in request.form:
        return _send()
    wrong = _freshen()
    return None if wrong is None else ask(wrong=wrong)


@pages.post("/confirm")
@signed_in
def confirm() -> Reply:
    """The code was asked for before a page was shown; by now it was right, and the person goes there."""
    there = going_back.asked_for()
    path = there.partition("?")[0]
    if path.rpartition(".")[2] in {"csv", "xlsx", "json", "pdf", "ndjson", "zip"}:
        return render_template("download_ready.html", there=there, back=path.rpartition("/")[0])
    return going_on.on_to(there)


def _send() -> Reply:
    """Send a code by e-mail, because a button asked for it."""
    try:
        with work() as ctx:
            use_cases.send_code(ctx, g.sign_in.current.session.id)
    except EmailCodesOver as refusal:
        return ask(over=refusal.words)
    return ask(sent=True)


def _freshen() -> Method | None:
    """Make the sign-in fresh by what was sent along; which way was wrong, or None where it was right."""
    began = time.monotonic()
    current = g.sign_in.current
    by_passkey = request.form.get(PASSKEY_FIELD)
    with work() as ctx:
        if by_passkey:
            outcome = use_cases.freshen_by_passkey(ctx, current.session.id, by_passkey)
        else:
            outcome = use_cases.freshen(ctx, current.session.id, request.form.get(FIELD, ""))
        fresh_until = ctx.now() + timedelta(minutes=ctx.the(Policy).sessions.fresh_minutes)
    if outcome.opened is None:
        house().the(Patience).late(outcome.wait_seconds, since=began)
        if by_passkey:
            return Method.PASSKEY
        return Method.EMAIL if Method.EMAIL in current.methods else Method.APP
    session_cookie.give(outcome.opened)
    g.origin = replace(origin(), fresh_until=fresh_until)
    return None
