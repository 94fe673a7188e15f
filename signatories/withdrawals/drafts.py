"""A withdrawal on its way: put down before it is looked at, taken up again when it is sent, thrown away when it lies.

Its letter waits here and not among the papers that are kept for good: nobody has withdrawn yet. What comes next
finds it by the sign-in alone, so that nothing of it is taken from the browser a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries, uploads

from . import terms
from .errors import NoDraft
from .models import WithdrawalDraft


def put_down(
    ctx: Context,
    organisation_id: UUID,
    *,
    instruments: Iterable[str],
    letter_name: str,
    letter: bytes | None,
    letter_on: date,
    reasons: str,
    acknowledged_by: str | None = None,
) -> WithdrawalDraft:
    """Keep what was filled in to withdraw this organisation, in the place of what this sign-in kept before.

    Without a letter, the one that was kept before stays. It is refused for all that the withdrawal itself would be
    refused for, so that nobody looks at what cannot be. From when it takes effect is said with `take_effect`.
    """
    person_id, session_id = _whose(ctx)
    organisation = queries.organisation(ctx, organisation_id)
    require(ctx, Permission.WITHDRAWAL_RECORD, organisation=organisation_id)

    fit = terms.fit(
        ctx, organisation, instruments=instruments, letter_on=letter_on, reasons=reasons,
        acknowledged_by=acknowledged_by, effective_at=None,
    )  # fmt: skip
    earlier = find(ctx, organisation_id, with_letter=letter is None)
    if letter is None:
        if earlier is None:
            raise Invalid.at("/letter", "Choose the letter of withdrawal.")
        letter, letter_name = earlier.letter, earlier.letter_name
    else:
        letter_name = uploads.checked(ctx, file_name=letter_name, content=letter, pointer="/letter").file_name

    draft = WithdrawalDraft(
        id=ctx.new_id(),
        session_id=session_id,
        person_id=person_id,
        organisation_id=organisation_id,
        instruments=" ".join(fit.codes),
        letter_name=letter_name,
        letter=letter,
        letter_on=letter_on,
        reasons=fit.reasons,
        acknowledged_by=fit.acknowledged_by,
        made_at=ctx.now(),
    )
    if earlier is not None:
        throw_away(ctx, earlier.id)
    ctx.session.add(draft)
    return draft


def take_effect(ctx: Context, organisation_id: UUID, at: datetime | None) -> WithdrawalDraft:
    """Say from when it is to take effect: an instant, or none for the moment it is sent. Raises as `terms.fit` does."""
    draft = at_hand(ctx, organisation_id)
    organisation = queries.organisation(ctx, organisation_id)
    terms.fit(
        ctx, organisation, instruments=draft.instruments.split(), letter_on=draft.letter_on, reasons=draft.reasons,
        acknowledged_by=draft.acknowledged_by, effective_at=at,
    )  # fmt: skip
    draft.effective_at = at
    return draft


def at_hand(ctx: Context, organisation_id: UUID, *, with_letter: bool = False) -> WithdrawalDraft:
    """What this sign-in has put down for this organisation; raises NoDraft."""
    draft = find(ctx, organisation_id, with_letter=with_letter)
    if draft is None:
        raise NoDraft()
    return draft


def find(ctx: Context, organisation_id: UUID, *, with_letter: bool = False) -> WithdrawalDraft | None:
    """The same, or None where there is nothing."""
    person_id, session_id = _whose(ctx)
    wanted = select(WithdrawalDraft).where(
        WithdrawalDraft.session_id == session_id,
        WithdrawalDraft.person_id == person_id,
        WithdrawalDraft.organisation_id == organisation_id,
    )
    return ctx.session.scalars(wanted.options(undefer(WithdrawalDraft.letter)) if with_letter else wanted).one_or_none()


def used_up(ctx: Context, draft: WithdrawalDraft) -> None:
    """It has become a withdrawal."""
    ctx.session.delete(draft)


def left_lying(ctx: Context) -> list[UUID]:
    """The drafts that no sign-in can take up again by now, the oldest first."""
    longest = timedelta(hours=ctx.the(Policy).sessions.session_hours)
    old = select(WithdrawalDraft.id).where(WithdrawalDraft.made_at <= ctx.now() - longest)
    return list(ctx.session.scalars(old.order_by(WithdrawalDraft.made_at, WithdrawalDraft.id).limit(queries.MOST)))


def throw_away(ctx: Context, draft_id: UUID) -> None:
    """Let go of a draft, with its letter: it was never sent, and is nobody's evidence."""
    ctx.session.execute(delete(WithdrawalDraft).where(WithdrawalDraft.id == draft_id))


def _whose(ctx: Context) -> tuple[UUID, UUID]:
    person_id, session_id = ctx.actor.person_id, ctx.origin.session_id
    if person_id is None or session_id is None:
        raise Forbidden()
    return person_id, session_id
