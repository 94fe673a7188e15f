"""Writing the letters that are due to one organisation, each once."""

from __future__ import annotations

from uuid import UUID

from audit.record import record
from compliance.kernel.context import Context
from compliance.notices.writing import write
from policies.access import require
from policies.permissions import Permission
from signatories import queries

from .due import POLICIES, SIGNING, Subject, untold
from .events import OrganisationReminded


def remind_to_sign(ctx: Context, organisation_id: UUID) -> int:
    """Tell an organisation's signatories, and its senior escalation contact, what they sign by when (SIG-4)."""
    return _remind(ctx, SIGNING, organisation_id)


def remind_of_policies(ctx: Context, organisation_id: UUID) -> int:
    """Tell an organisation's delegates and its senior escalation contact which policy is to be reviewed (SIG-11)."""
    return _remind(ctx, POLICIES, organisation_id)


def _remind(ctx: Context, subject: Subject, organisation_id: UUID) -> int:
    """How many letters were written; none where somebody else has just written them."""
    require(ctx, Permission.REGISTER_READ)
    organisation = queries.organisation(ctx, organisation_id, lock=True)

    written = 0
    for reminder, who in untold(ctx, subject, [organisation_id]):
        for one in who:
            write(
                ctx,
                reminder.kind,
                to=one.address,
                person_id=one.person_id,
                once=reminder.once(one),
                useless_at=reminder.useless_at,
                name=one.name,
                organisation=organisation.name,
                address=f"{ctx.house.settings.base_url}/organisations/{organisation_id}",
                **reminder.words,
            )
        written += len(who)
        record(
            ctx,
            OrganisationReminded(
                subject=organisation_id, organisation=organisation_id, kind=reminder.kind, about=reminder.about,
                days=reminder.days, letters=len(who),
            ),
        )  # fmt: skip
    return written
