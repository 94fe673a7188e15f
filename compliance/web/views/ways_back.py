"""Bringing somebody back into their account, and shutting out whoever else may know their password (OP 6.4, IDN-2)."""

from __future__ import annotations

from uuid import UUID

from compliance.identity import queries, use_cases
from compliance.identity.models import Person
from compliance.kernel.context import reading, work
from compliance.kernel.errors import NotFound
from compliance.web.access import can, guarded
from compliance.web.forms import people as forms
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission

from .people import pages


@pages.route("/<uuid:person_id>/reset", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_RESET)
def reset(person_id: UUID) -> Reply:
    """For who forgot the password or is locked out: a new password, and the second factors stay (OP 6.4)."""
    found = _found(person_id, Permission.ACCOUNT_RESET)
    form = forms.Reset()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.reset_account(ctx, person_id, identity_check=form.identity_check.data or "")
            return show("link_sent.html", invited=found, what="The account is reset")
    return show("person_reset.html", form, who=found)


@pages.route("/<uuid:person_id>/recovery", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_RECOVER)
def recover(person_id: UUID) -> Reply:
    """For who lost their second factors too: nothing ends before a second member of the hub agrees (ROL-3)."""
    found = _found(person_id, Permission.ACCOUNT_RECOVER)
    form = forms.Recovery()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.propose_recovery(
                    ctx, person_id, identity_check=form.identity_check.data or "", reason=form.reason.data or ""
                )
            done = "The recovery waits for a second member of the hub. Nothing has changed yet."
            return on("people.person", done, person_id=person_id)
    return show("person_recover.html", form, who=found)


@pages.route("/<uuid:person_id>/password-compromised", methods=["GET", "POST"])
@guarded(Permission.PASSWORD_COMPROMISED)
def compromised(person_id: UUID) -> Reply:
    """For a password that somebody else may know: it opens only the way to a new one (IDN-2)."""
    found = _found(person_id, Permission.PASSWORD_COMPROMISED)
    form = forms.Compromised()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.password_compromised(ctx, person_id, reason=form.reason.data or "")
            done = "They are signed out everywhere, and have been told to choose a new password."
            return on("people.person", done, person_id=person_id)
    return show("person_compromised.html", form, who=found)


def _found(person_id: UUID, permission: Permission) -> Person:
    with reading() as ctx:
        found = queries.person(ctx, person_id)
    if not can(permission, found.organisation_id):
        raise NotFound()
    return found
