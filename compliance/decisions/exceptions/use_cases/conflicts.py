"""Keeping somebody from a case they or a relative of theirs are in, and letting them near it again (DEC-6, ROL-3).

Either takes two people, of whom the person is neither; and to the person there is nothing of it anywhere: no
proposal, no letter, no entry of the log, no number on a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.decisions.exceptions import letters, queries
from compliance.decisions.exceptions.errors import ConflictLifted, ConflictOfOneself, ConflictSetAlready
from compliance.decisions.exceptions.events import ConflictSet, ConflictTakenOff, ConflictTold, ConflictViewed
from compliance.decisions.exceptions.models import Conflict, ConflictAttempt
from compliance.decisions.exceptions.queries import LIFT, SET
from compliance.identity import queries as identity
from compliance.identity.proposals.acts import Hidden, takes_two
from compliance.identity.proposals.errors import NotWhatWasAsked
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.use_cases import propose
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import NotFound
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission

LONGEST = 2000
"""Characters of the grounds."""

WHY = "The grounds are kept sealed: they are shown to whoever can decide."

HIDDEN = Hidden(
    unseen=queries.proposals_unseen,
    kept=lambda ctx, proposal: queries.kept(ctx, str(json.loads(proposal.asked)["reference"])),
)


def propose_conflict(ctx: Context, *, person_id: UUID, reference: str, grounds: str) -> Proposal:
    """Ask a second person to agree that somebody is kept from a case; nothing is kept from them before.

    `grounds` are sealed. Raises ConflictOfOneself, FreshCodeNeeded, ConflictSetAlready, WaitsAlready, NotFound, and
    Invalid at `/reference` and `/grounds`.
    """
    require(ctx, Permission.CONFLICT_PROPOSE)
    if ctx.actor.person_id == person_id:
        raise ConflictOfOneself()
    person = identity.person(ctx, person_id)
    case = text.line(reference, pointer="/reference", limit=255)
    # To whoever is kept from the case themselves there is no conflict with it, whoever else has one.
    if case not in queries.kept_from(ctx) and queries.live_conflict(ctx, person.id, case) is not None:
        raise ConflictSetAlready()

    return _propose(ctx, SET, person_id=person.id, reference=case, grounds=grounds)


def propose_lifting(ctx: Context, conflict_id: UUID, *, grounds: str) -> Proposal:
    """Ask a second person to agree that somebody is no longer kept from a case; until then they are.

    Raises NotFound, for one's own too, ConflictLifted, FreshCodeNeeded, WaitsAlready, and Invalid at `/grounds`.
    """
    require(ctx, Permission.CONFLICT_PROPOSE)
    found = queries.conflict(ctx, conflict_id)
    if found.lifted_at is not None:
        raise ConflictLifted()

    return _propose(
        ctx, LIFT, person_id=found.person_id, reference=found.reference, grounds=grounds, conflict_id=found.id
    )


def grounds_asked(ctx: Context, proposal: Proposal) -> str:
    """The grounds of a proposal to set or lift a conflict, for whoever may see it."""
    if proposal.sealed is None:
        raise NotFound()
    return ctx.the(KeyRing).open(proposal.sealed, place=f"proposals.sealed:{proposal.id}").decode()


@takes_two(SET, propose=Permission.CONFLICT_PROPOSE, approve=Permission.CONFLICT_APPROVE, hidden=HIDDEN)
def set_apart(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Keep the person from the case, from this commit on and everywhere; raises ConflictSetAlready."""
    grounds = _agreed(ctx, proposal, asked)
    new_id = ctx.new_id()
    ctx.session.add(
        Conflict(
            id=new_id,
            person_id=UUID(asked["person_id"]),
            reference=asked["reference"],
            grounds=ctx.the(KeyRing).seal(grounds.encode(), place=f"conflicts.grounds:{new_id}"),
            asked_by=proposal.proposer,
            agreed_by=ctx.actor.id,
            set_at=ctx.now(),
        )
    )
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, "uq_conflicts_person_id_reference_live"):
            raise ConflictSetAlready() from problem
        raise

    record(ctx, ConflictSet(subject=new_id))


@takes_two(LIFT, propose=Permission.CONFLICT_PROPOSE, approve=Permission.CONFLICT_APPROVE, hidden=HIDDEN)
def lift(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Let the person near the case again, as far as the rules do; raises ConflictLifted."""
    _agreed(ctx, proposal, asked)
    found = ctx.session.get_one(Conflict, UUID(asked["conflict_id"]), with_for_update=True, populate_existing=True)
    if found.lifted_at is not None:
        raise ConflictLifted()

    found.lifted_at = ctx.now()
    found.lift_asked_by = proposal.proposer
    found.lift_agreed_by = ctx.actor.id

    record(ctx, ConflictTakenOff(subject=found.id))


def view_conflict(ctx: Context, conflict_id: UUID) -> Conflict:
    """Show one with its grounds, and keep that it was shown."""
    found = queries.conflict(ctx, conflict_id)
    record(ctx, ConflictViewed(subject=found.id))
    return found


def tell_of_attempts(ctx: Context, conflict_id: UUID) -> int:
    """Tell the two who set a conflict that its person asked all the same, once a day at the most: to how many."""
    found = ctx.session.get_one(Conflict, conflict_id)
    untold = select(ConflictAttempt).where(
        ConflictAttempt.conflict_id == conflict_id, ConflictAttempt.told_at.is_(None)
    )
    attempts = list(ctx.session.scalars(untold.with_for_update()))
    if not attempts:
        return 0
    for attempt in attempts:
        attempt.told_at = ctx.now()
    written = letters.attempted(ctx, found, max(attempt.day for attempt in attempts))

    record(ctx, ConflictTold(subject=found.id, letters=written))
    return written


def _propose(ctx: Context, kind: str, *, person_id: UUID, reference: str, grounds: str, **more: UUID) -> Proposal:
    said = text.prose(grounds, pointer="/grounds", limit=LONGEST)
    asked = {
        "person_id": str(person_id),
        "reference": reference,
        "grounds": _fingerprint(ctx, said),
        **{name: str(value) for name, value in more.items()},
    }
    thing = queries.thing(person_id, reference)
    proposal = propose(ctx, kind, asked, thing=thing, reason=WHY, beneficiary_id=person_id)
    proposal.sealed = ctx.the(KeyRing).seal(said.encode(), place=f"proposals.sealed:{proposal.id}")
    return proposal


def _agreed(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> str:
    """The grounds, once they are those that were proposed."""
    grounds = grounds_asked(ctx, proposal)
    if _fingerprint(ctx, grounds) != asked["grounds"]:
        raise NotWhatWasAsked()
    return grounds


def _fingerprint(ctx: Context, grounds: str) -> str:
    return ctx.the(KeyRing).fingerprint("conflict-grounds", grounds)
