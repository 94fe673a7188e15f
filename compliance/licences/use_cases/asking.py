"""Asking for a licence: for somebody who joins, and for somebody who moves (LIC-4, OP 6.1, 6.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity import addresses
from compliance.identity import queries as identity_queries
from compliance.identity import use_cases as identity
from compliance.identity.models import Person
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import FieldError, Invalid
from compliance.licences import eligibility, holding, queries
from compliance.licences.errors import (
    AccountClosed,
    AlreadyLicensed,
    ByInviteNeeds,
    NoSuchStep,
    NotAnOfficialAddress,
    OrganisationOutside,
    SameLicence,
    TakesNoLicences,
)
from compliance.licences.events import LicenceRequested
from compliance.licences.models import Licence, LicenceArea, LicenceCase
from compliance.licences.rules import ENDED, HOLDS_A_SEAT, EndReason, Kind, Status
from compliance.licences.steps import end
from compliance.licences.waiting import steps as waiting
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as signatories
from signatories.models import Organisation

MOST_CASES = 100
"""Cases that one by-invite licence can be for: more than this is no longer *specific cases* (OP 6.6)."""

ONE_LIVE = "uq_licences_person_id_organisation_id_live"
"""The index behind LIC-12, as PostgreSQL names it and as SQLite names its columns."""


def request(
    ctx: Context,
    *,
    organisation_id: UUID,
    full_name: str,
    email: str,
    areas: Sequence[str],
    reason: str,
    kind: Kind = Kind.STANDING,
    cases: Sequence[str] = (),
    ends_on: date | None = None,
) -> Licence:
    """Ask for a licence for a named person of an organisation; the hub evaluates it (OP 6.2).

    Raises NotAnOfficialAddress (LIC-2), ByInviteNeeds (LIC-7), AlreadyLicensed (LIC-12), and for a delegate
    who names another organisation NotFound (ROL-4).
    """
    require(ctx, Permission.LICENCE_REQUEST, organisation=organisation_id)
    organisation = signatories.organisation(ctx, organisation_id, lock=True)

    return request_of(
        ctx, organisation, outside=eligibility.outside(ctx, organisation_id), full_name=full_name, email=email,
        areas=areas, reason=reason, kind=kind, cases=cases, ends_on=ends_on,
    )  # fmt: skip


def request_of(
    ctx: Context,
    organisation: Organisation,
    *,
    outside: bool,
    full_name: str,
    email: str,
    areas: Sequence[str],
    reason: str,
    kind: Kind = Kind.STANDING,
    cases: Sequence[str] = (),
    ends_on: date | None = None,
) -> Licence:
    """`request`, of an organisation that the caller holds and may ask for: many may be asked for on one look at it.

    `outside` says whether it has withdrawn. Raises as `request` does, before anything has changed.
    """
    kind = Kind(kind)
    address = _official(ctx, organisation, email)
    wanted = _areas(ctx, organisation, kind, areas)
    references = _cases(kind, cases)
    _check_end(ctx, kind, ends_on)
    why = text.prose(reason, pointer="/reason")
    name = text.line(full_name, pointer="/full_name")
    _check_open(organisation, kind, outside=outside)

    person = _person(ctx, name, address, organisation.id)
    return _ask(ctx, person, organisation, kind, wanted, references, ends_on, why, replaces=None)


def move(
    ctx: Context,
    licence_id: UUID,
    *,
    organisation_id: UUID,
    areas: Sequence[str],
    reason: str,
    email: str | None = None,
) -> Licence:
    """Somebody takes another role, or goes to another organisation: that means a new licence (LIC-4).

    The old one ends at the moment the new one becomes active; within one organisation it ends at once, since
    nobody has two there (LIC-12), and the seat that it had to itself is kept for the new one. `email` is
    their address at the new organisation, where it is another one.
    A delegate moves people within their own organisation; between two, the hub does. Nobody moves out of what keeps
    their licence resting (BRE-4).
    """
    old = queries.visible(ctx, licence_id, lock=False)
    require(ctx, Permission.LICENCE_REQUEST, organisation=old.organisation_id)
    require(ctx, Permission.LICENCE_REQUEST, organisation=organisation_id)
    organisation = signatories.organisation(ctx, organisation_id, lock=True)
    old = queries.visible(ctx, licence_id)

    if old.status not in HOLDS_A_SEAT:
        raise NoSuchStep()
    holding.check_person(ctx, old.person_id)
    kind = Kind(old.kind)
    address = _official(ctx, organisation, email if email is not None else old.person.email)
    wanted = _areas(ctx, organisation, kind, areas)
    references = tuple(case.reference for case in old.cases)
    _check_end(ctx, kind, old.ends_on)
    why = text.prose(reason, pointer="/reason")
    _check_open(organisation, kind, outside=eligibility.outside(ctx, organisation_id))
    within = organisation_id == old.organisation_id
    if within and set(wanted) == set(ctx.the(Policy).areas_now(each.area for each in old.areas)):
        raise SameLicence()

    keeps_seat = within and old.rota_id is None
    if within:
        end(ctx, old, EndReason.MOVER, keeps_seat=keeps_seat)
        # The new row may only come once the old one has left the index of LIC-12.
        ctx.session.flush()
    person = _person(ctx, old.person.full_name, address, organisation_id)
    new = _ask(ctx, person, organisation, kind, wanted, references, old.ends_on, why, replaces=old.id)
    if keeps_seat:
        waiting.keep_for_mover(ctx, new)
    return new


def _ask(
    ctx: Context,
    person: Person,
    organisation: Organisation,
    kind: Kind,
    areas: tuple[str, ...],
    cases: tuple[str, ...],
    ends_on: date | None,
    reason: str,
    *,
    replaces: UUID | None,
) -> Licence:
    if person.closed_at is not None:
        raise AccountClosed()
    held = select(Licence.id).where(
        Licence.person_id == person.id, Licence.organisation_id == organisation.id, Licence.status.not_in(ENDED)
    )
    if ctx.session.scalar(select(held.exists())):
        raise AlreadyLicensed()

    licence = Licence(
        id=ctx.new_id(), person_id=person.id, organisation_id=organisation.id, kind=kind, status=Status.REQUESTED,
        reason=reason, requested_by=ctx.actor.id, requested_at=ctx.now(), ends_on=ends_on, replaces_id=replaces,
        person=person, organisation=organisation,
        areas=[LicenceArea(area=area) for area in areas],
        cases=[LicenceCase(reference=reference) for reference in cases],
    )  # fmt: skip
    ctx.session.add(licence)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, ONE_LIVE):
            raise AlreadyLicensed() from problem
        raise

    record(
        ctx,
        LicenceRequested(
            subject=licence.id, organisation=organisation.id, person=person.id,
            kind=kind, areas=areas, cases=cases, replaces=replaces,
        ),
    )  # fmt: skip
    return licence


def _person(ctx: Context, full_name: str, address: str, organisation_id: UUID) -> Person:
    known = identity_queries.person_by_email(ctx, address)
    if known is not None:
        return known
    return identity.add_person(ctx, full_name=full_name, email=address, organisation_id=organisation_id)


def _official(ctx: Context, organisation: Organisation, email: str) -> str:
    """The address, normalised; raises NotAnOfficialAddress unless its domain is registered as the organisation's."""
    address = addresses.normalise(email)
    if not eligibility.official(address, {row.domain for row in organisation.domains}, ctx.the(Policy)):
        raise NotAnOfficialAddress(fields=(FieldError("/email", NotAnOfficialAddress.detail),))
    return address


def _areas(ctx: Context, organisation: Organisation, kind: Kind, areas: Iterable[str]) -> tuple[str, ...]:
    """The areas, in the policy's order: for a standing licence among those the organisation is a member of."""
    asked = set(areas)
    policy = ctx.the(Policy)
    known = policy.areas
    if not asked:
        raise Invalid.at("/areas", "Choose at least one area.")
    if not asked <= known.keys():
        raise Invalid.at("/areas", "Choose from the area MARACs of this hub.")
    if kind is Kind.STANDING and not asked <= set(policy.areas_now(row.area for row in organisation.areas)):
        raise Invalid.at("/areas", "Choose areas that the organisation is a member of. The hub can add an area to it.")
    return tuple(area for area in known if area in asked)


def _cases(kind: Kind, cases: Iterable[str]) -> tuple[str, ...]:
    references = tuple(dict.fromkeys(text.line(reference, pointer="/cases", limit=255) for reference in cases))
    if kind is Kind.BY_INVITE and not references:
        raise ByInviteNeeds(fields=(FieldError("/cases", "Name at least one case that the licence is for."),))
    if kind is Kind.STANDING and references:
        raise Invalid.at("/cases", "A standing licence is for every case of its areas. Leave the cases out.")
    if len(references) > MOST_CASES:
        raise Invalid.at("/cases", f"Name {MOST_CASES} cases or fewer.")
    return references


def _check_end(ctx: Context, kind: Kind, ends_on: date | None) -> None:
    if kind is Kind.STANDING:
        if ends_on is not None:
            raise Invalid.at("/ends_on", "A standing licence has no end date. Leave it out.")
        return
    if ends_on is None:
        raise ByInviteNeeds(fields=(FieldError("/ends_on", "Enter the day on which the licence ends."),))
    today = london_date(ctx.now())
    longest = ctx.the(Policy).licences.by_invite_longest_days
    if not today <= ends_on <= today + timedelta(days=longest):
        detail = f"Enter a day from today on, at most {longest} days ahead."
        raise ByInviteNeeds(fields=(FieldError("/ends_on", detail),))


def _check_open(organisation: Organisation, kind: Kind, *, outside: bool) -> None:
    """Whether anybody of this organisation can be licensed at all (SIG-6, SIG-13, OP 6.6)."""
    if not organisation.takes_licences:
        raise TakesNoLicences()
    if organisation.kind == Kind.BY_INVITE and kind is not Kind.BY_INVITE:
        raise Invalid.at("/kind", "This organisation takes part by invite. Ask for a by-invite licence.")
    if outside:
        raise OrganisationOutside()
