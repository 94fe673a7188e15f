"""Challenging an entry of the register, and deciding on it: *checked and challenged at any given point* (SIG-3)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid
from compliance.kernel.tables import Table, moment
from policies.access import may, require
from policies.permissions import Permission
from signatories import queries as register

from . import corrections, letters, queries
from .corrections import Correction
from .entries import Row, entry
from .errors import AlreadyChallenged, EntryReplaced, NoSuchRemedy
from .events import ChallengeDismissed, ChallengeRaised, ChallengeUpheld, ChallengeViewed
from .models import Challenge
from .queries import Listed
from .rules import REMEDIES, Entry, Remedy, State, Step, after

_OPEN_ONCE = "uq_challenges_entry_id_open"


def raise_challenge(ctx: Context, kind: Entry | str, entry_id: UUID, *, grounds: str) -> Challenge:
    """Doubt an entry, and say why: an organisation its own, the hub or an information governance officer any.

    While one challenge waits for a decision there is no second of the same entry. Raises NotFound for another
    organisation's entry (ROL-4), EntryReplaced, AlreadyChallenged, and Invalid at `/kind` and `/grounds`.
    """
    doubted = _kind(kind)
    row = entry(ctx, doubted, entry_id)
    require(ctx, Permission.CHALLENGE_RAISE, organisation=row.organisation_id)
    register.organisation(ctx, row.organisation_id, lock=True)
    row = entry(ctx, doubted, entry_id, lock=True)

    if row.superseded_at is not None:
        raise EntryReplaced()
    waits = select(Challenge.id).where(Challenge.entry_id == row.id, Challenge.status == State.OPEN.value)
    if ctx.session.scalars(waits).first() is not None:
        raise AlreadyChallenged()

    challenge = Challenge(
        id=ctx.new_id(),
        organisation_id=row.organisation_id,
        entry_kind=doubted.value,
        entry_id=row.id,
        grounds=text.prose(grounds, pointer="/grounds"),
        raised_by=ctx.actor.id,
        raised_for_id=None if may(ctx, Permission.CHALLENGE_RAISE) else row.organisation_id,
        raised_at=ctx.now(),
        status=State.OPEN.value,
    )
    ctx.session.add(challenge)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _OPEN_ONCE):
            raise AlreadyChallenged() from problem
        raise

    record(
        ctx,
        ChallengeRaised(
            subject=challenge.id, organisation=row.organisation_id, kind=challenge.entry_kind, entry=row.id
        ),
    )
    letters.raised(ctx, challenge)
    return challenge


def uphold(
    ctx: Context,
    challenge_id: UUID,
    *,
    reasons: str,
    remedy: Remedy | str,
    correction: Correction | None = None,
) -> Challenge:
    """Agree that the entry is wrong, and put it right: by one in its place, or by striking it out.

    Rights follow at this commit, but never back past a withdrawal (SIG-9). Whoever decides has given a fresh code,
    and is neither the challenger nor who recorded the entry (ROL-3). Raises OwnChallenge, OwnEntry, ChallengeOver,
    NoSuchRemedy, BringsBack, and Invalid at `/reasons`, `/remedy` and at what is corrected.
    """
    challenge, row = _decidable(ctx, challenge_id)
    require_fresh(ctx)

    state = after(State(challenge.status), Step.UPHOLD)
    if row.superseded_at is not None:
        raise EntryReplaced()
    kind = Entry(challenge.entry_kind)
    how = _remedy(remedy)
    if how not in REMEDIES[kind]:
        raise NoSuchRemedy()
    why = text.prose(reasons, pointer="/reasons")

    corrected_by = None
    if how is Remedy.CORRECT:
        corrected_by = corrections.correct(ctx, row, correction or Correction())
    else:
        corrections.strike_out(ctx, row, kind)
    _decide(ctx, challenge, state, why)
    challenge.corrected_by_id = corrected_by

    record(
        ctx,
        ChallengeUpheld(
            subject=challenge.id,
            organisation=challenge.organisation_id,
            kind=kind.value,
            entry=row.id,
            corrected_by=corrected_by,
        ),
    )
    letters.decided(ctx, challenge)
    return challenge


def dismiss(ctx: Context, challenge_id: UUID, *, reasons: str) -> Challenge:
    """Leave the entry as it is, and say why. Raises OwnChallenge, OwnEntry, ChallengeOver, Invalid at `/reasons`."""
    challenge, row = _decidable(ctx, challenge_id)

    state = after(State(challenge.status), Step.DISMISS)
    _decide(ctx, challenge, state, text.prose(reasons, pointer="/reasons"))

    record(
        ctx,
        ChallengeDismissed(
            subject=challenge.id, organisation=challenge.organisation_id, kind=challenge.entry_kind, entry=row.id
        ),
    )
    letters.decided(ctx, challenge)
    return challenge


def view(ctx: Context, challenge_id: UUID) -> Challenge:
    """Show one challenge, and keep that it was shown."""
    challenge = queries.visible(ctx, challenge_id)
    record(ctx, ChallengeViewed(subject=challenge.id, organisation=challenge.organisation_id))
    return challenge


def as_table(ctx: Context, rows: list[Listed], *, most: int | None = None) -> Table:
    """Challenges as a table: one line for each, for the files that leave the service."""
    lines = [
        (
            row.organisation,
            row.challenge.entry_kind,
            str(row.challenge.entry_id),
            row.challenge.status,
            row.challenge.grounds,
            row.raised_by or row.challenge.raised_by,
            moment(row.challenge.raised_at),
            row.decided_by or row.challenge.decided_by or "",
            moment(row.challenge.decided_at),
            row.challenge.reasons or "",
            str(row.challenge.corrected_by_id or ""),
        )
        for row in rows
    ]
    columns = (
        "Organisation", "Kind of entry", "Entry", "State", "Grounds", "Raised by", "Raised", "Decided by", "Decided",
        "Reasons", "Corrected by entry",
    )  # fmt: skip
    address = f"{ctx.house.settings.base_url}/register/challenges"
    title = "Challenges of the register of signatories"
    return Table(title, "challenges", ctx.now(), columns, lines, address, most, "Challenges")


def _decidable(ctx: Context, challenge_id: UUID) -> tuple[Challenge, Row]:
    """The challenge and its entry, held for change, once they are the actor's to decide on.

    Everything about an organisation's standing waits its turn behind its row: of two who decide at once the second
    finds the challenge decided.
    """
    challenge = queries.visible(ctx, challenge_id)
    require(ctx, Permission.CHALLENGE_DECIDE, organisation=challenge.organisation_id)
    refusal = queries.why_not(ctx, challenge)
    if refusal is not None:
        raise refusal
    register.organisation(ctx, challenge.organisation_id, lock=True)
    challenge = queries.visible(ctx, challenge_id, lock=True)
    return challenge, entry(ctx, Entry(challenge.entry_kind), challenge.entry_id, lock=True)


def _decide(ctx: Context, challenge: Challenge, state: State, reasons: str) -> None:
    challenge.status = state.value
    challenge.decided_by = ctx.actor.id
    challenge.decided_at = ctx.now()
    challenge.reasons = reasons


def _kind(given: Entry | str) -> Entry:
    try:
        return Entry(given)
    except ValueError:
        raise Invalid.at("/kind", f"Choose one of these: {', '.join(Entry)}.") from None


def _remedy(given: Remedy | str) -> Remedy:
    try:
        return Remedy(given)
    except ValueError:
        raise Invalid.at("/remedy", f"Choose one of these: {', '.join(Remedy)}.") from None
