"""The log, as the information governance officer reads it: who, what, when, from where, with what outcome (AUD-1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, request

from audit import queries
from audit.events import VOCABULARY
from audit.models import AuditEntry
from audit.queries import Page
from compliance.identity import queries as identity
from compliance.kernel.clock import end_of, start_of
from compliance.kernel.context import Context, reading, work
from compliance.kernel.errors import NotFound
from compliance.web.access import guarded
from compliance.web.forms.audit import LogQuestion
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, show
from compliance.web.words import happening
from policies.access import require
from policies.permissions import Permission
from signatories import queries as signatories

pages = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 50
LARGEST = 2**62
OUTCOMES = (
    ("done", "Done"), ("refused", "Refused"), ("permit", "Permitted"), ("deny", "Denied"), ("mixed", "Mixed"),
)  # fmt: skip


@pages.get("")
@guarded(Permission.AUDIT_READ)
def log() -> Reply:
    """The newest entries that fit what is asked."""
    form = LogQuestion()
    with reading() as ctx:
        organisations = {str(id_): name for id_, name in signatories.names(ctx)}
    form.organisation.choices = [("", "All organisations"), *organisations.items()]
    form.event.choices = [("", "Everything"), *_happenings()]
    form.outcome.choices = [("", "Every outcome"), *OUTCOMES]
    page = Page((), None)
    names: dict[str, str] = {}
    if form.understood():
        with telling(form), work() as ctx:
            require(ctx, Permission.AUDIT_READ)
            page = queries.search(
                ctx,
                event=form.event.data or None,
                outcome=form.outcome.data or None,
                actor=_people(ctx, (form.who.data or "").strip()),
                organisation=form.organisation.data or None,
                reference=(form.reference.data or "").strip() or None,
                since=start_of(form.since.data) if form.since.data else None,
                until=end_of(form.until.data) if form.until.data else None,
                before_number=_before(),
                limit=PAGE,
            )
            names = _names(ctx, page.entries)
    return show(
        "audit.html",
        form,
        entries=page.entries,
        after=page.before_number,
        beginning=_before() is None,
        names=names,
        organisations=organisations,
        filtered=any(field.data for field in form),
    )


@pages.get("/<int:number>")
@guarded(Permission.AUDIT_READ)
def entry(number: int) -> Reply:
    """One entry whole, with the hash that proves it."""
    if number > LARGEST:
        raise NotFound()
    with work() as ctx:
        require(ctx, Permission.AUDIT_READ)
        found = queries.entry(ctx, number)
        names = _names(ctx, [found])
        organisations = {str(id_): name for id_, name in signatories.names(ctx)}
    detail: dict[str, Any] = json.loads(found.detail)
    return show("audit_entry.html", entry=found, names=names, organisations=organisations, detail=detail)


def _happenings() -> list[tuple[str, str]]:
    """What can be asked for: everything that begins alike, and each thing by itself."""
    groups = sorted({name.partition(".")[0] for name in VOCABULARY if "." in name})
    alike = [(f"{group}.", f"{group.replace('_', ' ').capitalize()}: all") for group in groups]
    each = [(name, happening(name)) for name in VOCABULARY]
    return sorted((*alike, *each), key=lambda choice: choice[0])


def _people(ctx: Context, asked: str) -> tuple[str, ...] | None:
    """The ids of the people that this finds; an id itself is taken as it is."""
    if not asked:
        return None
    found = identity.found_by(ctx, asked)
    return (*(str(person.id) for person in found), asked)


def _names(ctx: Context, entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Names for the ids on a page; the log itself holds none (AUD-3)."""
    ids = {id_ for each in entries for id_ in (each.actor_id, each.subject_id) if id_}
    return identity.names_of(ctx, ids)


def _before() -> int | None:
    text = request.args.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
