"""What licences do when something happens below them, in the same transaction."""

from __future__ import annotations

from sqlalchemy import select

from audit.events import Event
from audit.record import when
from compliance.identity import queries as identity
from compliance.identity.events import MfaEnrolled
from compliance.kernel.context import Context
from signatories.events import (
    InstrumentSigned,
    KeyContactEnded,
    KeyContactNamed,
    OrganisationWithdrew,
    PolicyDocumentRecorded,
    SigningRefused,
)
from signatories.models import Withdrawal

from . import steps
from .models import Licence
from .rules import ENDED, HOLDS_A_SEAT, EndReason, Status


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
    for licence in waiting:
        if identity.is_ready(ctx, licence.person_id) and not steps.past_its_end(ctx, licence.ends_on):
            steps.activate(ctx, licence)


@when(OrganisationWithdrew)
def end_every_licence(ctx: Context, event: OrganisationWithdrew) -> None:
    """The organisation is outside: nothing it held is left, and its record says how much that was (SIG-6, SIG-8)."""
    live = ctx.session.scalars(
        select(Licence)
        .where(Licence.organisation_id == event.organisation, Licence.status.not_in(ENDED))
        .order_by(Licence.id)
        .with_for_update(of=Licence, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    held = [licence for licence in live if licence.status in HOLDS_A_SEAT]

    for licence in live:
        steps.end(ctx, licence, EndReason.WITHDRAWN)
    for person_id in sorted({licence.person_id for licence in live}, key=str):
        steps.end_invitations(ctx, person_id, "organisation-withdrew")

    withdrawal = ctx.session.get_one(Withdrawal, event.subject)
    withdrawal.licences_ended = len(held)
    withdrawal.people_removed = len({licence.person_id for licence in held})


def keep_its_licences(ctx: Context, event: Event) -> None:
    """What the checklist asks of an organisation has changed: its licences rest or wake with it, at once (LIC-13)."""
    steps.keep_all(ctx, Licence.organisation_id == event.organisation)


for _change in (InstrumentSigned, SigningRefused, PolicyDocumentRecorded, KeyContactNamed, KeyContactEnded):
    when(_change)(keep_its_licences)
