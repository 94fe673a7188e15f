"""Accounts, as the hub looks after them: invited, given roles, begun anew (IDN-4, IDN-8, ROL-1)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint

from compliance.identity import directory, queries, use_cases
from compliance.identity.models import Person
from compliance.identity.proposals import queries as proposals
from compliance.identity.proposals.models import Proposal
from compliance.identity.rules import ROLES, Scope, may_hold
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Table
from compliance.licences import queries as licences
from compliance.licences import records
from compliance.notices import queries as notices
from compliance.web import asked, lists
from compliance.web.access import can, could, guarded
from compliance.web.forms import people as forms
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from compliance.web.words import ROLES as ROLE_NAMES
from policies.permissions import Permission
from signatories import queries as signatories

pages = Blueprint("people", __name__, url_prefix="/people")


@pages.get("")
@guarded(Permission.ACCOUNT_RESET)
def people() -> Reply:
    """Every account, sorted as asked."""
    narrowed, sort = _narrowed(), lists.sort_of(directory.SORTS)
    after = lists.place_of(directory.SORTS, sort)
    with reading() as ctx:
        names = dict(signatories.names(ctx))
        page = directory.people(ctx, **narrowed, sort=sort, after=after)
    return show(
        "people.html",
        people=page.rows,
        names=names,
        asked=narrowed,
        sort=sort,
        stands=directory.stands,
        accounts=list(directory.Account),
        after=page.after,
        beginning=after is None,
    )


@pages.get("/export.<form>")
@guarded(Permission.ACCOUNT_RESET)
def export(form: str) -> Reply:
    """The accounts as they were searched and sorted, as a file."""
    narrowed, sort = _narrowed(), lists.sort_of(directory.SORTS)

    def table(ctx: Context) -> Table:
        found, most = lists.walked(partial(directory.people, ctx, **narrowed, sort=sort, limit=directory.MOST))
        return directory.as_table(ctx, found, dict(signatories.names(ctx)), most=most)

    return lists.file_of(form, "people", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.PERSON_INVITE)
def invite() -> Reply:
    """A new account with its roles, and the link by which its owner begins."""
    form = forms.Invite()
    with reading() as ctx:
        form.organisation_id.choices = [
            ("", "Choose an organisation"),
            *((str(id_), name) for id_, name in signatories.names(ctx)),
        ]
    form.roles.choices = [(role, _role_name(role)) for role in ROLES]
    if form.sent():
        with telling(form):
            with work() as ctx:
                person, _ = use_cases.invite_person(
                    ctx,
                    full_name=form.full_name.data or "",
                    email=form.email.data or "",
                    organisation_id=UUID(form.organisation_id.data),
                    hub_team=form.team.data == "yes",
                    roles=form.roles.data or [],
                    reason=form.reason.data or "",
                )
            return show("link_sent.html", invited=person, what="The account is made")
    return show("person_invite.html", form)


@pages.get("/<uuid:person_id>")
@guarded(Permission.ACCOUNT_RESET)
def person(person_id: UUID) -> Reply:
    """One account: its state, its roles, its licences, and what the hub can do."""
    with reading() as ctx:
        found = queries.person(ctx, person_id)
        if not can(Permission.ACCOUNT_RESET, found.organisation_id):
            raise NotFound()
        held = queries.roles_held(ctx, person_id)
        page = licences.licences(ctx, person_id=person_id)
        employer = signatories.organisation(ctx, found.organisation_id) if found.organisation_id else None
        password = queries.live_password(ctx, person_id)
        return show(
            "person.html",
            who=found,
            roles=held,
            proposals=proposals.about(ctx, person_id),
            title_of=asked.title,
            licences=page.rows,
            employer=employer,
            ready=queries.is_ready(ctx, person_id),
            has_password=password is not None,
            compromised_at=password.compromised_at if password else None,
            until=queries.opens_until(ctx, password) if password else None,
            letters=notices.to_person(ctx, person_id) if could(Permission.NOTICE_READ) else None,
            brought=records.brought_by(ctx, person_id, found.organisation_id)
            if can(Permission.LICENCE_READ, found.organisation_id)
            else (),
            today=london_date(ctx.now()),
        )


@pages.route("/<uuid:person_id>/roles/new", methods=["GET", "POST"])
@guarded(Permission.ROLE_GRANT)
def grant(person_id: UUID) -> Reply:
    """A role for somebody else: a partner's in force at once, any other once a second person agrees."""
    found = _found(person_id)
    form = forms.Grant()
    with reading() as ctx:
        held = {row.role for row in queries.roles_held(ctx, person_id)}
    form.role.choices = [
        (role, _role_name(role)) for role in ROLES if role not in held and may_hold(role, hub_team=found.hub_team)
    ]
    if form.sent():
        with telling(form):
            with work() as ctx:
                given = use_cases.grant_role(
                    ctx, person_id, role=form.role.data, reason=form.reason.data or "", ends_on=form.ends_on.data
                )
            name = ROLE_NAMES[form.role.data]
            if isinstance(given, Proposal):
                return _back(person_id, f"The role is asked for: {name}. It waits for a second person.")
            return _back(person_id, f"The role is given: {name}.")
    return show("person_step.html", form, who=found, title="Give a role", does="Give the role")


@pages.route("/<uuid:person_id>/roles/<uuid:role_held_id>/end", methods=["GET", "POST"])
@guarded(Permission.ROLE_GRANT)
def end_role(person_id: UUID, role_held_id: UUID) -> Reply:
    """Take a role back; it counts for nothing from that moment on."""
    found = _found(person_id)
    with reading() as ctx:
        held = next((row for row in queries.roles_held(ctx, person_id) if row.id == role_held_id), None)
    if held is None:
        raise NotFound()
    form = forms.EndRole()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.end_role(ctx, role_held_id, reason=form.reason.data or "")
            return _back(person_id, "The role is taken back.")
    title = f"Take back the role: {ROLE_NAMES[held.role]}"
    return show("person_step.html", form, who=found, title=title, does="Take it back", warning=True)


@pages.route("/<uuid:person_id>/invitation", methods=["GET", "POST"])
@guarded(Permission.PERSON_INVITE)
def invite_again(person_id: UUID) -> Reply:
    """A new link for somebody who has set no password yet; the one before opens no more."""
    found = _found(person_id)
    form = forms.Confirm()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.invite(ctx, person_id)
            return show("link_sent.html", invited=found, what="A new link is made")
    return show(
        "person_step.html", form, who=found, title="Make a new link", does="Make the link",
        says="Any link made for them before opens no more.",
    )  # fmt: skip


def _role_name(role: str) -> str:
    return ROLE_NAMES[role] + ("" if ROLES[role] is Scope.ORGANISATION else " (a second person has to agree)")


def _narrowed() -> dict[str, Any]:
    """What the list is narrowed to."""
    account = lists.one_of("account", list(directory.Account))
    return {
        "search": lists.asked("search"),
        "organisation_id": lists.an_id("organisation"),
        "account": directory.Account(account) if account else None,
    }


def _found(person_id: UUID) -> Person:
    with reading() as ctx:
        return queries.person(ctx, person_id)


def _back(person_id: UUID, done: str) -> Reply:
    return on("people.person", done, person_id=person_id)
