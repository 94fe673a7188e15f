"""One's own account: what it may do, until when its password lasts, and changing it."""

from __future__ import annotations

from flask import Blueprint, g

from compliance.identity import queries as identity
from compliance.kernel.context import reading
from compliance.licences import queries as licences
from compliance.notices import queries as notices
from compliance.web.access import signed_in
from compliance.web.criteria import criteria
from compliance.web.forms.sign_in import NewPassword
from compliance.web.replies import Reply, on, show
from signatories import queries as signatories

from .sign_in import changed

pages = Blueprint("account", __name__)


@pages.get("/account")
@signed_in
def account() -> Reply:
    """Who one is to this service."""
    person = g.sign_in.person
    with reading() as ctx:
        employer = signatories.organisation(ctx, person.organisation_id) if person.organisation_id else None
        held = identity.roles_held(ctx, person.id)
        mine = licences.active_for(ctx, person.id)
        until = identity.password_until(ctx, person.id)
        methods = g.sign_in.current.methods
        return show(
            "account.html",
            employer=employer,
            roles=held,
            licences=mine,
            until=until,
            methods=methods,
            letters=notices.to_person(ctx, person.id),
        )


@pages.route("/account/password", methods=["GET", "POST"])
@signed_in
def password() -> Reply:
    """A new password, at any time, without help (IDN-2)."""
    form = NewPassword()
    if form.sent() and form.same_twice() and changed(form):
        return on("account.account", "Your password is changed. You are signed out everywhere else.")
    return show("new_password.html", form, expired=False, criteria=criteria(g.sign_in.person))
