"""Reading challenges: those somebody may know of, what they are about, and who can decide on them (SIG-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from compliance.identity.queries import names_of
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid, NotFound, Refusal
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import could, may, reach
from policies.permissions import Permission
from signatories.models import (
    InstrumentVersion,
    IsaCheck,
    Organisation,
    SigningRefusal,
    Withdrawal,
)

from .entries import Row, entry, recorder
from .errors import OwnChallenge, OwnEntry
from .models import Challenge
from .rules import Entry, State

MOST = 500

SORTS = Sorts(
    Challenge.id,
    {
        "raised_at": By(Challenge.raised_at, datetime),
        "decided_at": By(Challenge.decided_at, datetime, nullable=True),
        "organisation": By(Organisation.name),
        "status": By(Challenge.status),
    },
    usual="-raised_at",
)


@dataclass(frozen=True)
class Listed:
    """A challenge in the list, with the names behind its ids."""

    challenge: Challenge
    organisation: str
    raised_by: str | None
    decided_by: str | None


@dataclass(frozen=True)
class Said:
    """What an entry says: of which instruments, when, who signed as what, and when it came into the register."""

    kind: Entry
    id: UUID
    organisation_id: UUID
    instruments: tuple[str, ...]
    at: datetime
    recorded_at: datetime
    superseded_at: datetime | None
    corrects_id: UUID | None
    version: str | None = None
    name: str | None = None
    role: str | None = None
    method: str | None = None
    letter_on: date | None = None
    reasons: str | None = None
    found: bool | None = None


def visible(ctx: Context, challenge_id: UUID, *, lock: bool = False) -> Challenge:
    """A challenge of an entry that the actor's role lets them know of; every other does not exist (ROL-4)."""
    wanted = select(Challenge).where(Challenge.id == challenge_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    if not may(ctx, Permission.CHALLENGE_READ, organisation=found.organisation_id):
        raise NotFound() if could(ctx, Permission.CHALLENGE_READ) else Forbidden()
    return found


def challenges(
    ctx: Context,
    *,
    status: State | str | None = None,
    search: str | None = None,
    organisation_id: UUID | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The challenges that the actor may know of, the newest first; `search` looks in the organisation and the grounds.

    Raises Invalid at `/limit`, `/status`, `/sort` and `/after`.
    """
    within = reach(ctx, Permission.CHALLENGE_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(Challenge).join(Organisation, Organisation.id == Challenge.organisation_id)
    if within is not None:
        wanted = wanted.where(Challenge.organisation_id.in_(within))
    if organisation_id is not None:
        wanted = wanted.where(Challenge.organisation_id == organisation_id)
    if status is not None:
        wanted = wanted.where(Challenge.status == _state(status).value)
    if search and search.strip():
        looked_in = (Organisation.name, Challenge.grounds)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    people = names_of(ctx, {who for one in page.rows for who in (one.raised_by, one.decided_by) if who})
    theirs = select(Organisation.id, Organisation.name).where(
        Organisation.id.in_({one.organisation_id for one in page.rows})
    )
    called = {row.id: row.name for row in ctx.session.execute(theirs)}
    return page.each(
        lambda one: Listed(
            one, called[one.organisation_id], people.get(one.raised_by), people.get(one.decided_by or "")
        )
    )


def to_decide_counted(ctx: Context) -> Select[int]:
    """The statement that counts the challenges that wait, but for the asker's own (SIG-3)."""
    return select(func.count()).where(Challenge.status == State.OPEN.value, Challenge.raised_by != ctx.actor.id)


def why_not(ctx: Context, challenge: Challenge, row: Row | None = None) -> Refusal | None:
    """Why the actor cannot be the one who decides; None where they can. Never the challenger, nor who recorded it."""
    if not may(ctx, Permission.CHALLENGE_DECIDE, organisation=challenge.organisation_id) or not ctx.actor.person_id:
        return Forbidden()
    if challenge.raised_by == ctx.actor.id:
        return OwnChallenge()
    row = row or entry(ctx, Entry(challenge.entry_kind), challenge.entry_id)
    return OwnEntry() if recorder(ctx, row) == ctx.actor.id else None


def people(ctx: Context, ids: Iterable[str | None]) -> dict[str, str]:
    """The full names behind these ids."""
    return names_of(ctx, {each for each in ids if each})


def said(ctx: Context, row: Row) -> Said:
    """What an entry says."""
    if isinstance(row, IsaCheck):
        return Said(
            Entry.ISA_CHECK, row.id, row.organisation_id, ("isa",), row.checked_at, row.checked_at, row.superseded_at,
            row.corrects_id, found=row.found,
        )  # fmt: skip
    if isinstance(row, Withdrawal):
        return Said(
            Entry.WITHDRAWAL, row.id, row.organisation_id, tuple(row.instruments.split()), row.effective_at,
            row.recorded_at or row.effective_at, row.superseded_at, row.corrects_id, letter_on=row.letter_on,
            reasons=row.reasons,
        )  # fmt: skip
    whole = [joinedload(InstrumentVersion.instrument)]
    version = ctx.session.get_one(InstrumentVersion, row.version_id, options=whole)
    code, label = version.instrument.code, version.label
    if isinstance(row, SigningRefusal):
        return Said(
            Entry.REFUSAL, row.id, row.organisation_id, (code,), row.refused_at, row.refused_at, row.superseded_at,
            row.corrects_id, version=label, reasons=row.reasons,
        )  # fmt: skip
    return Said(
        Entry.SIGNATURE, row.id, row.organisation_id, (code,), row.signed_at, row.recorded_at, row.superseded_at,
        row.corrects_id, version=label, name=row.signed_name, role=row.signed_role, method=row.method,
    )  # fmt: skip


def _state(given: State | str) -> State:
    try:
        return State(given)
    except ValueError:
        raise Invalid.at("/status", f"Choose one of these: {', '.join(State)}.") from None
