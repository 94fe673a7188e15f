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

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for

from compliance.identity import use_cases
from compliance.identity.errors import FreshCodeNeeded
from compliance.identity.patience import Patience
from compliance.kernel.context import house, origin, work
from policies.values import Policy

from . import going_back, headers, session_cookie
from .access import signed_in
from .forms.sign_in import FreshCode
from .replies import Reply

FIELD = "fresh_code"
_NOT_CARRIED = frozenset({FIELD, "csrf_token"})

pages = Blueprint("step_up", __name__)


def needed() -> None:
    """Ask now, before a form that takes a file is shown; raises FreshCodeNeeded."""
    fresh = origin().fresh_until
    if fresh is None or fresh <= house().clock.now():
        raise FreshCodeNeeded()


def ask(_needed: FreshCodeNeeded | None = None, *, wrong: bool = False) -> Reply:
    """The page that asks for the code, carrying what was typed."""
    form = FreshCode(formdata=None)
    if wrong:
        form.tell_at(FIELD, "That code is not right. Wait for the next one in your app, then enter it.")
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
        ),
        422 if wrong else 403 if sending else 200,
    )
    return headers.add(reply)


def look() -> Reply | None:
    """Before the view: where a code was sent along, it is checked and the sign-in made fresh."""
    if request.method != "POST" or FIELD not in request.form or not g.sign_in:
        return None
    return None if _freshen() else ask(wrong=True)


@pages.post("/confirm")
@signed_in
def confirm() -> Reply:
    """The code was asked for before a page was shown; by now it was right, and the person goes there."""
    there = going_back.asked_for()
    path = there.partition("?")[0]
    if path.rpartition(".")[2] in {"csv", "xlsx", "json"}:
        return render_template("download_ready.html", there=there, back=path.rpartition("/")[0])
    return redirect(there, 303)


def _freshen() -> bool:
    began = time.monotonic()
    current = g.sign_in.current
    with work() as ctx:
        outcome = use_cases.freshen(ctx, current.session.id, request.form[FIELD].replace(" ", ""))
        fresh_until = ctx.now() + timedelta(minutes=ctx.the(Policy).sessions.fresh_minutes)
    if outcome.opened is None:
        house().the(Patience).late(outcome.wait_seconds, since=began)
        return False
    session_cookie.give(outcome.opened)
    g.origin = replace(origin(), fresh_until=fresh_until)
    return True
