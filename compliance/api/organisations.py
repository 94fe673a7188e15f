"""The register by API: organisations, where each stands, who is a signatory at any date, who is on an area's list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.record import record
from compliance.kernel.context import work
from compliance.kernel.errors import NotFound
from compliance.licences import distribution, eligibility
from compliance.licences import queries as licences
from compliance.licences.events import AreaMembersGiven, ChecklistViewed
from compliance.licences.rules import Checklist
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries, use_cases
from signatories.events import RegisterViewed
from signatories.facts import OrganisationFacts
from signatories.queries import Look, RegisterRow
from signatories.rules import InstrumentCell, State

from .access import guarded, scoped
from .licences import checklist_as_json
from .reading import Body, Code, DayOrInstant, Line, parse_query
from .replies import Reply, page, present, read_cursor

organisations = Blueprint("organisations", __name__, url_prefix="/api/v1")


class Paged(Body):
    as_at: DayOrInstant | None = None
    known_at: DayOrInstant | None = None
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Wanted(Paged):
    search: Line | None = None
    sector: Line | None = None
    area: Code | None = None
    state: State | None = None


class SignatoriesWanted(Paged):
    instrument: Code | None = None


class StandingWanted(Body):
    as_at: DayOrInstant | None = None
    known_at: DayOrInstant | None = None
    person: UUID | None = None


@organisations.get("/organisations")
@guarded(Permission.REGISTER_READ)
@scoped("registers:read")
def list_organisations() -> Reply:
    """Every organisation of the register by name, found and filtered, as at today or any past date (SIG-1).

    `as_at` is what the register said then, and is answered the same for ever; `known_at` asks with hindsight what is
    known at that later time of what held then, corrections included (SIG-3).
    """
    asked = parse_query(Wanted)
    with work() as ctx:
        rows = use_cases.view_register(
            ctx,
            as_at=asked.as_at,
            known_at=asked.known_at,
            search=asked.search,
            sector=asked.sector,
            area=asked.area,
            state=asked.state,
        )
        seen = queries.look(ctx, asked.as_at, asked.known_at)
    return present({**_seen(seen), **_page(rows, asked)})


@organisations.get("/organisations/<uuid:organisation_id>")
@guarded(Permission.REGISTER_READ)
@scoped("registers:read")
def read_organisation(organisation_id: UUID) -> Reply:
    """One organisation: its areas, domains, policies and kinds of contact, and where it stands."""
    with work() as ctx:
        row = queries.organisation(ctx, organisation_id)
        facts = queries.facts(ctx, [organisation_id])[organisation_id]
        record(ctx, RegisterViewed(rows=1, organisation=organisation_id))
    said = _organisation(facts) | {
        "domains": sorted(facts.domains),
        "policies": {kind: facts.policies[kind] for kind in sorted(facts.policies)},
        "contacts": sorted(facts.contacts),
    }
    return present(said, revision=row.revision)


@organisations.get("/organisations/<uuid:organisation_id>/standing")
@guarded(Permission.REGISTER_READ)
@scoped("registers:read")
def read_standing(organisation_id: UUID) -> Reply:
    """Each item of LIC-1 that the organisation brings, met or not, with its rule; with `person`, theirs as well.

    What a person brings is for whoever may read licences of that organisation (ROL-4).
    """
    asked = parse_query(StandingWanted)
    with work() as ctx:
        seen = queries.look(ctx, asked.as_at, asked.known_at)
        at, known = seen.past
        facts = queries.facts(ctx, [organisation_id], at=at, known=known).get(organisation_id)
        if facts is None or facts.since > seen.at:
            raise NotFound()
        if asked.person is None:
            answers = Checklist(eligibility.of_organisation(facts, ctx.the(Policy), seen.at, given=False))
            record(ctx, RegisterViewed(rows=1, organisation=organisation_id))
        else:
            answers = licences.checklist(ctx, asked.person, organisation_id, at=at, known=known)
            record(ctx, ChecklistViewed(subject=asked.person, organisation=organisation_id))
        said = {
            "organisation_id": organisation_id,
            "person_id": asked.person,
            **_seen(seen),
            "state": facts.state,
            "signatory": facts.signatory,
            "failing": list(facts.failing),
            "until": facts.until,
            "instruments": _cells(facts.instruments),
            **checklist_as_json(answers),
        }
    return present(said)


@organisations.get("/signatories")
@guarded(Permission.REGISTER_READ)
@scoped("registers:read")
def list_signatories() -> Reply:
    """The organisations whose signature is in force at a date: of the instrument named, or of all that are required.

    With `known_at`, as it was known at that later time.
    """
    asked = parse_query(SignatoriesWanted)
    with work() as ctx:
        if asked.instrument and asked.instrument not in {row.instrument.code for row in queries.versions(ctx)}:
            raise NotFound()
        rows = use_cases.view_register(ctx, as_at=asked.as_at, known_at=asked.known_at)
        seen = queries.look(ctx, asked.as_at, asked.known_at)
    signed = [
        row
        for row in rows
        if (row.organisation.in_force(asked.instrument) if asked.instrument else row.organisation.signatory)
    ]
    return present({**_seen(seen), "instrument": asked.instrument, **_page(signed, asked)})


@organisations.get("/areas/<area>/members")
@guarded(Permission.LICENCE_READ)
@scoped("registers:read")
def list_members(area: str) -> Reply:
    """Who may receive a notification for this area now: its distribution list (SIG-6)."""
    with work() as ctx:
        if ctx.actor.kind == "person":
            require(ctx, Permission.LICENCE_READ)
        members = distribution.members_of(ctx, area)
        record(ctx, AreaMembersGiven(area=area, shown=len(members)))
    return present(
        {
            "area": area,
            "items": [
                {
                    "person_id": member.person_id,
                    "full_name": member.full_name,
                    "email": member.email,
                    "organisation_id": member.organisation_id,
                    "licence_id": member.licence_id,
                }
                for member in members
            ],
        }
    )


def _seen(seen: Look) -> dict[str, datetime]:
    return {"as_at": seen.at, "known_at": seen.known}


def _page(rows: list[RegisterRow], asked: Paged) -> dict[str, Any]:
    """The rows by name, from the cursor on. The register is small and comes whole, so its pages are cut here."""
    after = read_cursor(asked.after, str, UUID)
    left = sorted(rows, key=_key)
    if after is not None:
        left = [row for row in left if _key(row) > after]
    shown = left[: asked.limit]
    return page([_row(row) for row in shown], after=_key(shown[-1]) if len(left) > len(shown) else None)


def _key(row: RegisterRow) -> tuple[str, UUID]:
    return row.organisation.name.casefold(), row.organisation.id


def _row(row: RegisterRow) -> dict[str, Any]:
    return _organisation(row.organisation) | {
        "isa_check": {
            "source": row.isa.source,
            "checked_at": row.isa.checked_at,
            "checked_by": row.isa.checked_by,
            "found": row.isa.found,
            "due_on": row.isa.due_on,
        }
    }


def _organisation(facts: OrganisationFacts) -> dict[str, Any]:
    return {
        "id": facts.id,
        "code": facts.code,
        "name": facts.name,
        "sector": facts.sector,
        "kind": facts.kind,
        "takes_licences": facts.takes_licences,
        "areas": sorted(facts.areas),
        "state": facts.state,
        "signatory": facts.signatory,
        "instruments": _cells(facts.instruments),
    }


def _cells(cells: Mapping[str, InstrumentCell]) -> dict[str, Any]:
    return {
        code: {
            "state": cell.state,
            "in_force": cell.in_force,
            "until": cell.until,
            "version": cell.version,
            "signed_name": cell.signed_name,
            "signed_role": cell.signed_role,
            "signed_at": cell.signed_at,
            "method": cell.method,
            "withdrawn_at": cell.withdrawn_at,
            "withdraws_at": cell.withdraws_at,
        }
        for code, cell in cells.items()
    }
