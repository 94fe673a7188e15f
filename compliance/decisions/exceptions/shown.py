"""What our own pages leave out for whoever is kept from a case: to them there is none, here either (DEC-6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from audit.record import when
from compliance.kernel.context import Context
from compliance.licences.events import InvitedToCase
from compliance.licences.leaving import Losses
from compliance.licences.models import Licence

from .attempts import note_attempts
from .queries import kept_from, live_conflict


def cases_of(ctx: Context, licence: Licence) -> list[str]:
    """The references a by-invite licence is for, as far as the actor may know of them."""
    return cases(ctx, (each.reference for each in licence.cases))


def cases(ctx: Context, references: Iterable[str]) -> list[str]:
    """These references without those that the actor is kept from."""
    named = list(references)
    hidden = kept_from(ctx) if named else frozenset()
    return [reference for reference in named if reference not in hidden]


def losses(ctx: Context, whole: Losses) -> Losses:
    """What a withdrawal would end, as far as the actor may know of it; its fingerprint stays that of the whole."""
    if not kept_from(ctx):
        return whole
    people = tuple(
        replace(
            loss,
            invited_to=tuple(cases(ctx, loss.invited_to)),
            licences=tuple(replace(each, cases=tuple(cases(ctx, each.cases))) for each in loss.licences),
        )
        for loss in whole.people
    )
    return replace(whole, people=people)


@when(InvitedToCase)
def _kept_from_it_themselves(ctx: Context, event: InvitedToCase) -> None:
    """Whoever is kept from a case may invite somebody to it: refusing would tell. Those who set the conflict learn."""
    reference = event.reference
    if reference is None or ctx.actor.person_id is None or reference not in kept_from(ctx):
        return
    conflict = live_conflict(ctx, ctx.actor.person_id, reference)
    if conflict is not None:
        note_attempts(ctx.session.connection(), [(str(conflict.id), "case_access.invite")], ctx.now())
