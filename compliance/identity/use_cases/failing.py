"""What a wrong name, password or code costs: a count in a row, a slower answer, at last the lock in its two widths (IDN-4).

Failures count in one of two places. What comes from a browser that is known to be the person's own counts on that
device; everything else, another person's device too, counts on the name and on the network address. At the limit:

| counted on | the person has a known device | what happens                                                    |
|------------|-------------------------------|-----------------------------------------------------------------|
| the name   | yes                           | closed to strangers: that device signs in still, and all stands |
| the name   | no                            | locked everywhere                                               |
| a device   | yes, that one                 | locked everywhere, and the device is forgotten                  |

Only the hub opens either again, by a reset (OP 6.4).
"""

from __future__ import annotations

from uuid import UUID

from audit.record import record
from compliance.identity import counters, devices, rules
from compliance.identity.devices import STRANGE, Here
from compliance.identity.events import AccountLocked, ClosedToStrangers, SignInFailed
from compliance.identity.models import Person
from compliance.identity.rules import End
from compliance.kernel.context import Context
from policies.values import Policy

from .devices import end_devices
from .letters import tell
from .sessions import end_half_open, end_sessions


def failed(
    ctx: Context, mark: str, person: Person | None, *, step: str, lockable: bool = True, here: Here | None = None
) -> int:
    """Count one failure and lock the account it is one too many for; says how many seconds the answer waits.

    The person, where there is one, is held by the caller; without a password there is nothing to guess, and so
    nothing to lock (`lockable`). `here` is what the caller knows of the browser already. A stranger's source is
    counted first: one that has failed too often is Throttled, and the account's own counter stays as it was.
    """
    values = ctx.the(Policy).sign_in
    if here is None:
        here = devices.here(ctx, person.id) if person else STRANGE

    if here.own is None:
        counters.count_source(ctx)
    counted_on = mark if here.own is None else counters.device_mark(ctx, here.own)
    failures = counters.count_failure(ctx, counted_on)

    record(
        ctx,
        SignInFailed(
            subject=person.id if person else None,
            organisation=person.organisation_id if person else None,
            step=step,
            mark=counted_on[:16],
            failures=failures,
            device=here.own,
        ),
    )
    if person and lockable and rules.locks(failures, limit=values.failures_to_lock):
        _close(ctx, person, failures, here)
    return rules.wait_seconds(failures, slow_from=values.failures_to_slow, slowest=values.slowest_answer_seconds)


def _close(ctx: Context, person: Person, failures: int, here: Here) -> None:
    """As narrowly as the table above allows, and once."""
    if person.locked_at:
        return
    if here.own is None and here.any_own:
        if not person.closed_to_strangers_at:
            _close_to_strangers(ctx, person, failures)
        return
    _lock(ctx, person, failures, here.own)


def _lock(ctx: Context, person: Person, failures: int, device_id: UUID | None) -> None:
    person.locked_at = ctx.now()
    end_sessions(ctx, person_id=person.id, reason=End.LOCKED)
    if device_id is not None:
        end_devices(ctx, person, only=device_id)
    tell(ctx, person, "account_locked")

    record(ctx, AccountLocked(subject=person.id, organisation=person.organisation_id, failures=failures))


def _close_to_strangers(ctx: Context, person: Person, failures: int) -> None:
    """Whoever signs in elsewhere meanwhile gets no further than they are; what is whole already stands."""
    person.closed_to_strangers_at = ctx.now()
    end_half_open(ctx, person.id, reason=End.CLOSED_TO_STRANGERS)
    tell(ctx, person, "closed_to_strangers")

    record(ctx, ClosedToStrangers(subject=person.id, organisation=person.organisation_id, failures=failures))
