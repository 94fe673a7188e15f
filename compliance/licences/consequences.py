"""What licences do when something happens below them, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from audit.events import Event
from audit.record import record, when
from compliance.identity import queries as identity
from compliance.identity import use_cases as people_identity
from compliance.identity.events import MfaEnrolled
from compliance.identity.models import Person
from compliance.identity.use_cases.letters import tell
from compliance.kernel.context import Context
from compliance.notices.writing import take_back_from
from signatories.challenges.events import EntryStruckOut, SignatureCorrected
from signatories.events import (
    InstrumentSigned,
    KeyContactEnded,
    KeyContactNamed,
    OrganisationWithdrew,
    PolicyDocumentRecorded,
    SigningRefused,
)
from signatories.models import Organisation, Withdrawal
from signatories.withdrawals.events import LinksEnded

from . import queries, seats, steps
from .leaving import with_nothing_left
from .models import Licence
from .rules import ENDED, HOLDS_A_SEAT, EndReason, Kind, Status

MISLEADING = frozenset({
    "code", "licence_ends", "policy_in_grace", "policy_out_of_date", "policy_review", "runs_out", "sign_again",
    "signature_lapsed",
})  # fmt: skip
"""Letters that tell somebody to go on with, or to mend, what their organisation's withdrawal has ended."""


@when(MfaEnrolled)
def begin_what_was_approved(ctx: Context, event: MfaEnrolled) -> None:
    """Whoever has password and second factor may use what they were given (LIC-3).

    The licence's row is what this and a withdrawal meet on: whichever comes second sees what the first did.
    """
    waiting = ctx.session.scalars(
        select(Licence)
        .where(Licence.person_id == event.subject, Licence.status == Status.APPROVED)
        .order_by(Licence.id)
        .with_for_update(of=Licence, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if any(licence.replaces_id for licence in waiting):
        # What ends when they begin, and then the contracts, in the order in which every step holds them.
        for replaced in sorted((each.replaces_id for each in waiting if each.replaces_id), key=str):
            queries.found(ctx, replaced)
        seats.hold(ctx, Kind)
    for licence in waiting:
        if identity.is_ready(ctx, licence.person_id) and not steps.past_its_end(ctx, licence.ends_on):
            steps.activate(ctx, licence)


@when(OrganisationWithdrew)
def end_every_licence(ctx: Context, event: OrganisationWithdrew) -> None:
    """The organisation is outside: nothing it held is left, and its record says how much that was (SIG-6, SIG-8).

    What was asked for after the instant of an announced withdrawal is of an organisation that has come back.
    """
    withdrawal = ctx.session.get_one(Withdrawal, event.subject)
    left_at = withdrawal.effective_at
    since_then = [Licence.requested_at < left_at] if left_at < ctx.now() else []
    live = ctx.session.scalars(
        select(Licence)
        .where(Licence.organisation_id == withdrawal.organisation_id, Licence.status.not_in(ENDED), *since_then)
        .order_by(Licence.id)
        .with_for_update(of=Licence, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    held = [licence for licence in live if licence.status in HOLDS_A_SEAT]

    seats.hold(ctx, Kind)
    # Its requests first, so that no seat of its own is offered to it on its way out.
    for licence in sorted(live, key=lambda each: each.status in HOLDS_A_SEAT):
        steps.end(ctx, licence, EndReason.WITHDRAWN)
    for person_id in sorted({licence.person_id for licence in live}, key=str):
        steps.end_invitations(ctx, person_id, "organisation-withdrew")

    withdrawal.licences_ended = len(held)
    withdrawal.people_removed = len({licence.person_id for licence in held})
    _let_go_of_its_people(ctx, withdrawal, {licence.person_id: licence.person for licence in held})


def _let_go_of_its_people(ctx: Context, withdrawal: Withdrawal, holders: Mapping[UUID, Person]) -> None:
    """Links that would let somebody begin for nothing are closed, letters that would mislead stay unsent, holders are told."""
    nothing_left = select(Person.id).where(with_nothing_left(ctx, withdrawal.organisation_id))
    people = list(ctx.session.scalars(nothing_left.order_by(Person.id)))
    if ended := people_identity.end_links(ctx, people):
        record(ctx, LinksEnded(subject=withdrawal.id, organisation=withdrawal.organisation_id, links=ended))
    employed = ctx.session.scalars(select(Person.id).where(Person.organisation_id == withdrawal.organisation_id))
    late = withdrawal.effective_at if withdrawal.effective_at < ctx.now() else None
    take_back_from(ctx, {*employed, *holders}, MISLEADING, written_before=late)
    for person in holders.values():
        tell(
            ctx,
            person,
            "licence_withdrawn",
            at=withdrawal.effective_at,
            once=f"withdrawal:{withdrawal.id}:licence:{person.id}",
            organisation=ctx.session.get_one(Organisation, withdrawal.organisation_id).name,
        )


def keep_its_licences(ctx: Context, event: Event) -> None:
    """What the checklist asks of an organisation has changed: its licences rest or wake with it, at once (LIC-13)."""
    steps.keep_all(ctx, Licence.organisation_id == event.organisation)


for _change in (
    InstrumentSigned,
    SigningRefused,
    SignatureCorrected,
    EntryStruckOut,
    PolicyDocumentRecorded,
    KeyContactNamed,
    KeyContactEnded,
):
    when(_change)(keep_its_licences)
