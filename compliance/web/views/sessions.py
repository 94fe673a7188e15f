"""Where somebody is signed in, and ending that from elsewhere (IDN-6)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, redirect, url_for

from compliance.identity import queries, sign_ins, use_cases
from compliance.kernel.context import reading, work
from compliance.kernel.errors import NotFound
from compliance.web import browsers, session_cookie
from compliance.web.access import can, guarded, signed_in
from compliance.web.forms.people import Confirm
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission

pages = Blueprint("sessions", __name__)


@pages.get("/account/sessions")
@signed_in
def sessions() -> Reply:
    """Every sign-in of one's own that stands: since when, last seen when, from where, in which browser."""
    with reading() as ctx:
        standing = sign_ins.standing(ctx, g.sign_in.person.id)
    return show("sessions.html", standing=[(each, browsers.named(each.agent)) for each in standing])


@pages.post("/account/sessions/<uuid:session_id>/end")
@signed_in
def end(session_id: UUID) -> Reply:
    """End one of them; ending the one at hand is signing out."""
    with work() as ctx:
        use_cases.end_own_session(ctx, session_id)
    if session_id == g.sign_in.current.session.id:
        return _out()
    return on("sessions.sessions", "That sign-in is ended.")


@pages.post("/account/sessions/end")
@signed_in
def end_all() -> Reply:
    """Sign out everywhere, here too, and be known in no browser any more (IDN-4)."""
    with work() as ctx:
        use_cases.sign_out_everywhere(ctx)
    return _out()


@pages.route("/people/<uuid:person_id>/sessions/end", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_RESET)
def of_person(person_id: UUID) -> Reply:
    """Sign somebody else out everywhere, who rang because a machine is lost or stolen."""
    with reading() as ctx:
        found = queries.person(ctx, person_id)
    if not can(Permission.ACCOUNT_RESET, found.organisation_id):
        raise NotFound()
    form = Confirm()
    if form.sent():
        with telling(form):
            with work() as ctx:
                ended = use_cases.end_sessions_of(ctx, person_id)
            done = "They are signed out everywhere." if ended else "They were signed in nowhere."
            return on("people.person", done, person_id=person_id)
    return show(
        "person_step.html", form, who=found, title="Sign them out everywhere", does="Sign them out", warning=True,
        says="Every sign-in of theirs ends at once, and none of their browsers is known as theirs any more. "
        "They can sign in again with their password and their second factor.",
    )  # fmt: skip


def _out() -> Reply:
    session_cookie.take_back()
    return redirect(url_for("sign_in.signed_out"), 303)
