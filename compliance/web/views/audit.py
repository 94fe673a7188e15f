"""The log, as its officers read it: why, then who, what, when, from where, with what outcome (AUD-1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for

from audit import personal, queries
from audit.events import VOCABULARY
from audit.models import AuditEntry
from audit.queries import Asked, Page
from audit.reading import Reader
from compliance.accesses.reading import use_cases
from compliance.accesses.reading.errors import PurposeNeeded
from compliance.accesses.reading.reader import reader
from compliance.accesses.reading.words import group, happening
from compliance.identity import queries as identity
from compliance.kernel.context import Context, in_force, origin, work
from compliance.kernel.errors import NotFound
from compliance.web import going_back, lists
from compliance.web.access import guarded
from compliance.web.forms.audit import LogQuestion, Purpose
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as signatories

pages = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 50
LARGEST = 2**62
OUTCOMES = (
    ("done", "Done"), ("refused", "Refused"), ("permit", "Permitted"), ("deny", "Denied"), ("mixed", "Mixed"),
)  # fmt: skip
FORMS = (("CSV", "csv"), ("Excel", "xlsx"), ("NDJSON (OCSF)", "ndjson"), ("With proofs (ZIP)", "zip"))
"""What the log is taken away as."""

Places = dict[str, str]


@pages.errorhandler(PurposeNeeded)
def ask_why(_needed: PurposeNeeded) -> Reply:
    """Nobody reads the log before they have said why; then they land where they wanted to go."""
    return redirect(url_for("audit.purpose", next=going_back.this_page()), 303)


@pages.route("/purpose", methods=["GET", "POST"])
@guarded(Permission.AUDIT_READ)
def purpose() -> Reply:
    """Say why one reads the log, once a sign-in, or say it anew."""
    known = in_force(Policy).reading_purposes
    form = Purpose(data={"purpose": origin().reads_for, "matter": origin().matter})
    form.purpose.choices = [(each.code, each.name) for each in known.values()]
    there = going_back.asked_for("audit.log")
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.say_purpose(ctx, form.purpose.data, matter=form.matter.data)
            return redirect(there, 303)
    return show("audit_purpose.html", form, known=known, there=there)


@pages.get("")
@guarded(Permission.AUDIT_READ)
def log() -> Reply:
    """The newest entries that fit what is asked."""
    form = LogQuestion()
    page, names = Page((), None), dict[str, str]()
    with work() as ctx:
        reads = reader(ctx)
        places = its_places(ctx, reads)
        with telling(form):
            asked = understood(ctx, form, reads, places)
            if asked is not None:
                page = queries.search(ctx, asked, reader=reads, before_number=_before(), limit=PAGE)
                names = names_in(ctx, page.entries)
    return show(
        "audit.html",
        form,
        **reading_for(reads),
        entries=page.entries,
        after=page.before_number,
        beginning=_before() is None,
        names=names,
        organisations=places,
        filtered=any(field.data for field in form),
        downloads=[(called, lists.here_at("audit.export", form=code)) for called, code in FORMS],
    )


@pages.get("/<int:number>")
@guarded(Permission.AUDIT_READ)
def entry(number: int) -> Reply:
    """One entry whole, with the hash that proves it."""
    if number > LARGEST:
        raise NotFound()
    with work() as ctx:
        reads = reader(ctx)
        found = queries.entry(ctx, number, reader=reads)
        names = names_in(ctx, [found])
        places = its_places(ctx, reads)
        beside = personal.of(ctx, [number]) if found.personal else {}
    detail: Any = json.loads(found.detail)
    shown = detail if isinstance(detail, dict) else {"detail": detail}
    shown |= beside[number].said if number in beside else {}
    return show("audit_entry.html", **reading_for(reads), entry=found, names=names, organisations=places, detail=shown)


def understood(ctx: Context, form: LogQuestion, reads: Reader, places: Places) -> Asked | None:
    """What the form asks, where all of it can be understood; else the form says what cannot. Raises Invalid."""
    form.organisation.choices = [("", "All organisations"), *places.items()]
    form.event.choices = [("", "Everything"), *_happenings()]
    form.outcome.choices = [("", "Every outcome"), *OUTCOMES]
    if not form.understood():
        return None
    span = form.span()
    if span is None:
        return None
    return Asked(
        event=form.event.data or None,
        outcome=form.outcome.data or None,
        actor=_people(ctx, reads, (form.who.data or "").strip()),
        organisation=form.organisation.data or None,
        reference=(form.reference.data or "").strip() or None,
        address=(form.address.data or "").strip() or None,
        since=span[0],
        until=span[1],
    )


def its_places(ctx: Context, reads: Reader) -> Places:
    """The names of the organisations that this reader may ask for, by id as the log writes it."""
    named = {str(id_): name for id_, name in signatories.names(ctx)}
    return named if reads.organisations is None else {id_: named[id_] for id_ in reads.organisations if id_ in named}


def names_in(ctx: Context, entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Names for the ids on a page; the log itself holds none (AUD-3)."""
    ids = {id_ for each in entries for id_ in (each.actor_id, each.subject_id) if id_}
    return identity.names_of(ctx, ids)


def within(reads: Reader) -> list[UUID] | None:
    """The organisations whose people this reader may look for; None for everybody's."""
    return None if reads.organisations is None else [UUID(each) for each in reads.organisations]


def reading_for(reads: Reader) -> dict[str, Any]:
    """What every page of the log says of why it is read, and of whose entries it shows."""
    known = in_force(Policy).reading_purposes
    why = known[reads.purpose].name if reads.purpose in known else None
    return {"why": why, "matter": reads.matter, "own_only": reads.organisations is not None}


def _happenings() -> list[tuple[str, str]]:
    """What can be asked for: everything that begins alike, and each thing by itself."""
    groups = sorted({name.partition(".")[0] for name in VOCABULARY if "." in name})
    alike = [(f"{code}.", f"{group(code)}: all") for code in groups]
    each = [(name, happening(name)) for name in VOCABULARY]
    return sorted((*alike, *each), key=lambda choice: choice[0])


def _people(ctx: Context, reads: Reader, asked: str) -> tuple[str, ...] | None:
    """The ids of the people that this finds; an id itself is taken as it is."""
    if not asked:
        return None
    found = identity.found_by(ctx, asked, within=within(reads))
    return (*(str(person.id) for person in found), asked)


def _before() -> int | None:
    text = request.args.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
