"""What a wrong name, password or code costs: one counter for all of them, a slower answer, at last the lock (IDN-4)."""

from __future__ import annotations

from audit.record import record
from compliance.identity import counters, rules
from compliance.identity.events import AccountLocked, SignInFailed
from compliance.identity.models import Person
from compliance.identity.rules import End
from compliance.kernel.context import Context
from policies.values import Policy

from .sessions import end_sessions


def failed(ctx: Context, mark: str, person: Person | None, *, step: str, lockable: bool = True) -> int:
    """Count one failure and lock the account it is one too many for; says how many seconds the answer waits.

    The person, where there is one, is held by the caller; without a password there is nothing to guess, and so
    nothing to lock (`lockable`). The source is counted first: one that
    has failed too often is Throttled, and the account's own counter stays as it was.
    """
    values = ctx.the(Policy).sign_in

    counters.count_source(ctx)
    failures = counters.count_failure(ctx, mark)

    record(
        ctx,
        SignInFailed(
            subject=person.id if person else None,
            organisation=person.organisation_id if person else None,
            step=step,
            mark=mark[:16],
            failures=failures,
        ),
    )
    if person and lockable and not person.locked_at and rules.locks(failures, limit=values.failures_to_lock):
        _lock(ctx, person, failures)
    return rules.wait_seconds(failures, slow_from=values.failures_to_slow, slowest=values.slowest_answer_seconds)


def _lock(ctx: Context, person: Person, failures: int) -> None:
    person.locked_at = ctx.now()
    end_sessions(ctx, person_id=person.id, reason=End.LOCKED)

    record(ctx, AccountLocked(subject=person.id, organisation=person.organisation_id, failures=failures))
