"""Organisations that may hold licences, people who may have one, and licences in every state.

Each builder takes the house and only what the test is about; what the room itself does, it does through its
use cases. `rows_made` names rows that another room's use cases would have made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import select

from audit.events import Event
from audit.record import record
from compliance.identity.models import Authenticator, Password, Person, SignIn
from compliance.kernel.clock import london_date
from compliance.kernel.context import Actor, Context, Holding, House, Origin, operator
from compliance.licences import use_cases
from compliance.licences.models import Licence
from compliance.licences.rules import EndReason, Kind, Status, Suspension
from signatories import use_cases as signatories
from signatories.models import (
    Instrument,
    InstrumentVersion,
    KeyContact,
    Organisation,
    OrganisationArea,
    OrganisationDomain,
    PolicyDocument,
    Signature,
    Upload,
)
from tests.builders.signatories import a_pdf


@dataclass(frozen=True, kw_only=True)
class RowsMade(Event):
    name: ClassVar[str] = "test.rows_made"
    rows: tuple[UUID, ...]


def rows_made(ctx: Context, *rows: Any) -> None:
    """Add these rows, and name them to the guard."""
    ctx.session.add_all(rows)
    record(ctx, RowsMade(rows=tuple(row.id for row in rows)))


def hub(role: str = "hub_manager", *, person_id: UUID | None = None) -> Actor:
    """Somebody of the hub team: another one at every call, unless told who."""
    return Actor("person", str(person_id or uuid4()), None, frozenset({Holding(role)}), hub_team=True)


def partner(organisation_id: UUID, role: str = "delegate", *, person_id: UUID | None = None) -> Actor:
    """Somebody with a role for their own organisation."""
    return Actor("person", str(person_id or uuid4()), organisation_id, frozenset({Holding(role, organisation_id)}))


@contextmanager
def acting(house: House, actor: Actor | None = None) -> Iterator[Context]:
    """A unit of work of this actor, the hub manager unless told, who has just given a fresh code."""
    fresh = Origin(fresh_until=house.clock.now() + timedelta(minutes=5))
    with house.work(actor or hub(), fresh) as ctx:
        yield ctx


def seats(house: House, *, standing: int = 10, by_invite: int = 10) -> None:
    """The contract."""
    with house.work(operator("test")) as ctx:
        use_cases.set_seats(ctx, Kind.STANDING, standing)
        use_cases.set_seats(ctx, Kind.BY_INVITE, by_invite)


def an_organisation(
    house: House,
    code: str = "swale",
    *,
    domains: Sequence[str] | None = None,
    areas: Sequence[str] = ("mid-kent", "medway"),
    kind: str = "standing",
    takes_licences: bool = True,
    signs: Sequence[str] = ("isa", "op"),
    policies: Sequence[str] = ("safeguarding", "data_protection"),
    review_in_days: int = 100,
    contacts: Sequence[str] = ("primary", "delegate", "escalation"),
) -> UUID:
    """A partner that brings all that LIC-1 asks of it, unless told otherwise. Its domain is `<code>.gov.uk`."""
    with house.work(operator("test")) as ctx:
        now, today = ctx.now(), london_date(ctx.now())
        versions = _versions(ctx)
        row = Organisation(
            id=ctx.new_id(), code=code, name=code.title(), sector="Housing", kind=kind,
            takes_licences=takes_licences, created_at=now,
            areas=[OrganisationArea(area=area) for area in areas],
        )  # fmt: skip
        rows_made(ctx, row)
        ctx.session.flush()
        rows_made(
            ctx,
            *(
                OrganisationDomain(id=ctx.new_id(), organisation_id=row.id, domain=domain, added_at=now)
                for domain in (domains if domains is not None else [f"{code}.gov.uk"])
            ),
            *(_signature(ctx, row.id, versions[instrument]) for instrument in signs),
            *(a_policy(ctx, row.id, policy, today + timedelta(days=review_in_days)) for policy in policies),
            *(a_contact(ctx, row.id, contact) for contact in contacts),
        )
    return row.id


def a_policy(ctx: Context, organisation_id: UUID, kind: str, next_review_on: date) -> PolicyDocument:
    return PolicyDocument(
        id=ctx.new_id(), organisation_id=organisation_id, kind=kind, title="Policy", owner="Head of service",
        dated_on=date(2025, 1, 1), next_review_on=next_review_on, recorded_at=ctx.now(),
    )  # fmt: skip


def a_contact(ctx: Context, organisation_id: UUID, kind: str) -> KeyContact:
    return KeyContact(
        id=ctx.new_id(), organisation_id=organisation_id, kind=kind, name="Sam Made-Up",
        email="sam@example.gov.uk", since=ctx.now(),
    )  # fmt: skip


def a_person(
    house: House,
    organisation_id: UUID,
    email: str = "alex@swale.gov.uk",
    *,
    ready: bool = True,
    trained: Sequence[str] = ("case-system", "elearning"),
    vetted: bool = True,
) -> UUID:
    """Somebody with password and authenticator, trained and vetted, unless told otherwise."""
    with house.work(operator("test")) as ctx:
        person = Person(
            id=ctx.new_id(), full_name="Alex Made-Up", email=email, organisation_id=organisation_id,
            created_at=ctx.now(),
        )  # fmt: skip
        rows_made(ctx, person)
        ctx.session.flush()
        if ready:
            rows_made(ctx, *keys(ctx, person.id))
    with acting(house, hub("hub_coordinator")) as ctx:
        for module in trained:
            use_cases.record_training(ctx, person.id, module=module, done_on=date(2026, 1, 5))
        if vetted:
            use_cases.record_vetting(ctx, person.id, level="NPPV 2", holds_until=date(2028, 1, 31))
    return person.id


def keys(ctx: Context, person_id: UUID) -> tuple[Password, Authenticator]:
    """A password and a confirmed authenticator: what a person needs before a licence begins."""
    return (
        Password(id=ctx.new_id(), person_id=person_id, hash="not a hash", set_at=ctx.now()),
        Authenticator(
            id=ctx.new_id(), person_id=person_id, secret=b"-", created_at=ctx.now(), confirmed_at=ctx.now(),
            made_in=ctx.new_id(),
        ),
    )  # fmt: skip


def a_request(
    house: House,
    organisation_id: UUID,
    email: str = "alex@swale.gov.uk",
    *,
    by: Actor | None = None,
    kind: Kind = Kind.STANDING,
    areas: Sequence[str] = ("mid-kent",),
    cases: Sequence[str] = ("C-1",),
    ends_on: date = date(2026, 12, 31),
) -> Licence:
    """What a delegate asks for."""
    by_invite = kind is Kind.BY_INVITE
    with acting(house, by or partner(organisation_id)) as ctx:
        return use_cases.request(
            ctx, organisation_id=organisation_id, full_name="Alex Made-Up", email=email, areas=areas,
            reason="Joins the team", kind=kind, cases=cases if by_invite else (),
            ends_on=ends_on if by_invite else None,
        )  # fmt: skip


def a_licence(
    house: House,
    organisation_id: UUID,
    email: str = "alex@swale.gov.uk",
    *,
    status: Status = Status.ACTIVE,
    **asked: Any,
) -> Licence:
    """A licence in any state, brought there step by step. Its holder is made if there is none at this address."""
    with house.reading(operator("test")) as ctx:
        known = ctx.session.scalars(select(Person.id).where(Person.email == email)).one_or_none()
    if known is None:
        a_person(house, organisation_id, email, ready=status is not Status.APPROVED)
    licence = a_request(house, organisation_id, email, **asked)
    for step in _WAY[status]:
        with acting(house) as ctx:
            step(ctx, licence.id)
    return again(house, licence.id)


def withdraw(house: House, organisation_id: UUID) -> UUID:
    """The organisation withdraws from everything it signed, with all that follows; the withdrawal's id."""
    with acting(house) as ctx:
        return signatories.withdraw(
            ctx, organisation_id, instruments=("isa", "op"), letter_name="letter.pdf", letter=a_pdf(),
            letter_on=london_date(house.clock.now()), reasons="The team closes", acknowledged_by="Jo Made-Up",
        ).id  # fmt: skip


def again(house: House, licence_id: UUID) -> Licence:
    """The licence as it stands now."""
    with house.reading(operator("test")) as ctx:
        return ctx.session.get_one(Licence, licence_id)


_WAY: dict[Status, tuple[Callable[[Context, UUID], object], ...]] = {
    Status.REQUESTED: (),
    Status.REFUSED: (lambda ctx, it: use_cases.refuse(ctx, it, reason="Not needed"),),
    Status.APPROVED: (use_cases.approve,),
    Status.ACTIVE: (use_cases.approve,),
    Status.SUSPENDED: (use_cases.approve, lambda ctx, it: use_cases.suspend(ctx, it, reason=Suspension.LEAVE)),
    Status.DEACTIVATED: (use_cases.approve, lambda ctx, it: use_cases.deactivate(ctx, it, reason=EndReason.LEAVER)),
}


def _versions(ctx: Context) -> dict[str, InstrumentVersion]:
    """The version in force of each instrument, made once in a store."""
    found = ctx.session.scalars(select(InstrumentVersion).join(InstrumentVersion.instrument)).all()
    known = {version.instrument.code: version for version in found}
    for code in ("isa", "op"):
        if code not in known:
            upload = Upload(
                id=ctx.new_id(), file_name=f"{code}.pdf", media_type="application/pdf", size=1, sha256="0" * 64,
                content=b"%", received_at=ctx.now(),
            )  # fmt: skip
            instrument = Instrument(id=ctx.new_id(), code=code, title=code.upper())
            ctx.session.add(upload)
            rows_made(ctx, instrument)
            ctx.session.flush()
            known[code] = InstrumentVersion(
                id=ctx.new_id(), instrument_id=instrument.id, label="1.0", upload_id=upload.id, sha256="0" * 64,
                effective_on=date(2025, 4, 1), published_at=ctx.now(),
            )  # fmt: skip
            rows_made(ctx, known[code])
            ctx.session.flush()
    return known


def _signature(ctx: Context, organisation_id: UUID, version: InstrumentVersion) -> Signature:
    return Signature(
        id=ctx.new_id(), organisation_id=organisation_id, instrument_id=version.instrument_id, version_id=version.id,
        signed_name="Jo Made-Up", signed_role="Director", method="paper", signed_at=ctx.now(),
        document_sha256=version.sha256, recorded_at=ctx.now(),
    )  # fmt: skip


def a_session(house: House, person_id: UUID) -> UUID:
    """A whole sign-in of this person."""
    with house.work(operator("test")) as ctx:
        row = SignIn(
            id=ctx.new_id(), person_id=person_id, token=ctx.new_id().hex, opened_at=ctx.now(), seen_at=ctx.now(),
            whole_at=ctx.now(),
        )  # fmt: skip
        ctx.session.add(row)
    return row.id


def is_open(house: House, session_id: UUID) -> bool:
    """Whether this sign-in has not ended."""
    with house.reading(operator("test")) as ctx:
        return ctx.session.get_one(SignIn, session_id).ended_at is None
