"""What happens to the register of signatories by the calendar alone (SIG-4, SIG-10, SIG-11).

Each looks every few minutes, and London's date decides: what is told once is told under its own name, so a run that
comes again, comes late, or comes twice tells nothing twice.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from compliance.kernel.context import Context
from compliance.kernel.jobs import Job

from .reminding import use_cases as reminding
from .reminding.due import POLICIES, SIGNING, Subject, untold
from .reviews import queries as reviews
from .reviews import use_cases as reviewing

_MOST = 1000
_OFTEN = timedelta(minutes=15)


def to_sign(ctx: Context) -> list[UUID]:
    """The organisations that are to be told of a version, the most pressing first."""
    return _organisations(ctx, SIGNING)


def to_renew(ctx: Context) -> list[UUID]:
    """The organisations that are to be told of a policy, the most pressing first."""
    return _organisations(ctx, POLICIES)


def to_review(ctx: Context) -> list[UUID]:
    """The instruments of whose review a hub manager is to be told."""
    return list(reviews.to_remind(ctx))


def _organisations(ctx: Context, subject: Subject) -> list[UUID]:
    return list(dict.fromkeys(reminder.organisation_id for reminder, _ in untold(ctx, subject)))


def _remind_to_sign(ctx: Context, organisation_id: UUID) -> None:
    reminding.remind_to_sign(ctx, organisation_id)


def _remind_of_policies(ctx: Context, organisation_id: UUID) -> None:
    reminding.remind_of_policies(ctx, organisation_id)


def _remind_of_review(ctx: Context, instrument_id: UUID) -> None:
    reviewing.remind_of_review(ctx, instrument_id)


JOBS: tuple[Job, ...] = (
    Job("remind-to-sign-again", _OFTEN, to_sign, _remind_to_sign, limit=_MOST),
    Job("remind-of-policies", _OFTEN, to_renew, _remind_of_policies, limit=_MOST),
    Job("remind-of-reviews", _OFTEN, to_review, _remind_of_review, limit=_MOST),
)
