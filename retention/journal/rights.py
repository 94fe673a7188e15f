"""Rights that had ended, ended again; where the very ending cannot be done, what it stood for is refused (RET-12).

A licence that rested for its checklist rests for a person to look at: what the checklist stood on may be forgotten too,
and the service would wake it at once. A password that somebody had replaced only opens the way to a new one. Whoever is
left with no second factor is kept out until the hub looks, else the next who knows the password would set up theirs.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.decisions.exceptions.events import BreakGlassEnded
from compliance.decisions.exceptions.models import BreakGlass
from compliance.identity.clients.events import ClientEnded
from compliance.identity.events import RoleEnded, SessionEnded
from compliance.identity.models import (
    AccountInvitation,
    Authenticator,
    KnownDevice,
    Passkey,
    Password,
    Person,
    RoleHeld,
    ServiceClient,
    SignIn,
)
from compliance.kernel.context import Context
from compliance.licences import steps
from compliance.licences.models import CaseInvitation, ClosedCase, Licence
from compliance.licences.rules import ENDED, EndReason, Status, Suspension
from policies.in_force import PolicyChange
from signatories.models import Withdrawal

from .doing import Again, Done, Forgotten, Way, held
from .lines import Line


def licence_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """It ends for the reason it had."""
    found = held(ctx, Licence, line.thing)
    if found is None or found.status in ENDED:
        return None
    steps.end(ctx, found, EndReason(line.said["reason"]))
    return Done(Way.EXACTLY, (found.id,))


def licence_rested(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """It rests for the reason it had; one that was approved and not begun keeps its holder out instead."""
    found = held(ctx, Licence, line.thing)
    if found is None or found.status in ENDED:
        return None
    reason = Suspension(line.said["reason"])
    lapsed = steps.lapses(ctx, (found,))[found.id] if reason is Suspension.ELIGIBILITY else ()
    rests = Suspension.INVESTIGATION if reason is Suspension.ELIGIBILITY and not lapsed else reason
    if found.status == Status.ACTIVE:
        steps.rest(ctx, found, rests, missing=lapsed)
    elif rests is not Suspension.INVESTIGATION or found.suspension == rests:
        return None
    elif found.status == Status.SUSPENDED:
        steps.rest_on(ctx, found, rests)
    else:
        return _locked(ctx, found.person_id)
    return Done(Way.EXACTLY if rests is reason else Way.DENIED, (found.id,))


def organisation_left(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Its letter and reasons are gone with the store: what it still holds rests, and the hub records it again (SIG-6)."""
    live = select(Licence).where(Licence.organisation_id == line.organisation_id, Licence.status == Status.ACTIVE)
    found = ctx.session.scalars(live.order_by(Licence.id).with_for_update(of=Licence)).unique().all()
    for licence in found:
        steps.rest(ctx, licence, Suspension.INVESTIGATION)
    return Done(Way.TO_LOOK, tuple(licence.id for licence in found))


def announced(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """An organisation was to leave: the hub records it again, with its letter (SIG-6)."""
    return Done(Way.TO_LOOK) if held(ctx, Withdrawal, line.thing) is None else None


def policy_changed(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Two people changed a value of the policy: two people change it again (IDN-9)."""
    return Done(Way.TO_LOOK) if held(ctx, PolicyChange, line.thing) is None else None


def role_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """It ends for the reason it had, also where nobody is left in it: the operator grants one at the machine."""
    found = held(ctx, RoleHeld, line.id("held"))
    if found is None or found.ended_at is not None:
        return None
    found.ended_at, found.end_reason = ctx.now(), line.said["reason"]
    record(
        ctx,
        RoleEnded(
            subject=found.person_id, organisation=found.organisation_id, held=found.id, role=found.role,
            reason=line.said["reason"], rules=("RET-12",),
        ),
    )  # fmt: skip
    return Done(Way.EXACTLY, (found.id,))


def account_locked(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Only the hub opens it again."""
    return _locked(ctx, line.thing, Way.EXACTLY)


def closed_to_strangers(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Only browsers known as its owner's open it."""
    found = held(ctx, Person, line.thing)
    if found is None or found.closed_to_strangers_at is not None:
        return None
    found.closed_to_strangers_at = ctx.now()
    return Done(Way.EXACTLY, (found.id,))


def password_replaced(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """The earlier one opens the way to a new one and no more; the link it was set by is spent."""
    things = []
    earlier = held(ctx, Password, line.id("earlier"))
    if earlier is not None and earlier.ended_at is None and earlier.compromised_at is None:
        earlier.compromised_at = ctx.now()
        things.append(earlier.id)
    link = held(ctx, AccountInvitation, line.id("invitation"))
    if link is not None and link.used_at is None and link.withdrawn_at is None:
        link.withdrawn_at = ctx.now()
        things.append(link.id)
    return Done(Way.DENIED, tuple(things)) if things else None


def password_known(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Somebody else may know it: it opens the way to a new one and no more (IDN-2)."""
    found = held(ctx, Password, line.id("password"))
    if found is None or found.ended_at is not None or found.compromised_at is not None:
        return None
    found.compromised_at = ctx.now()
    return Done(Way.EXACTLY, (found.id,))


def keys_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Passwords, apps and passkeys that opened no more; who is left with no factor is kept out."""
    wanted = [*line.ids("ended"), line.id("passkey") if line.event == "passkey.ended" else line.id("earlier")]
    ended, factor = [], False
    for key_id in wanted:
        for kind in (Password, Authenticator, Passkey):
            found: Any = held(ctx, kind, key_id)
            if found is not None and found.ended_at is None:
                found.ended_at = ctx.now()
                ended.append(found.id)
                factor = factor or kind is not Password
    if not ended:
        return None
    ctx.session.flush()
    shut = _locked(ctx, line.thing) if factor and not _has_a_factor(ctx, line.thing) else None
    return Done(Way.DENIED if shut else Way.EXACTLY, (*ended, *(shut.things if shut else ())))


def devices_forgotten(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Browsers that were strange again."""
    things = []
    for device_id in line.ids("ended"):
        found = held(ctx, KnownDevice, device_id)
        if found is not None and found.ended_at is None:
            found.ended_at = ctx.now()
            things.append(found.id)
    return Done(Way.EXACTLY, tuple(things)) if things else None


def session_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """A sign-in that was over."""
    found = held(ctx, SignIn, line.thing)
    if found is None or found.ended_at is not None:
        return None
    found.ended_at, found.end_reason = ctx.now(), line.said["reason"]
    record(
        ctx,
        SessionEnded(subject=found.id, person=found.person_id, reason=line.said["reason"], rules=("RET-12",)),
    )
    return Done(Way.EXACTLY, (found.id,))


def links_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Links to a password that another took the place of, or that were closed."""
    things = []
    for link_id in (*line.ids("withdrawn"), *line.ids("links")):
        found = held(ctx, AccountInvitation, link_id)
        if found is not None and found.used_at is None and found.withdrawn_at is None:
            found.withdrawn_at = ctx.now()
            things.append(found.id)
    return Done(Way.EXACTLY, tuple(things)) if things else None


def client_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """A program that was let in no more; its access tokens open nothing with it (DEC-4)."""
    found = held(ctx, ServiceClient, line.thing)
    if found is None or found.ended_at is not None:
        return None
    found.ended_at = ctx.now()
    record(ctx, ClientEnded(subject=found.id, client=found.client_id, rules=("RET-12",)))
    return Done(Way.EXACTLY, (found.id,))


def case_invitation_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """An invitation to a case that was over."""
    found = held(ctx, CaseInvitation, line.thing)
    if found is None or found.ended_at is not None:
        return None
    steps.end_invitation(ctx, found, line.said["reason"])
    return Done(Way.EXACTLY, (found.id,))


def break_glass_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """A case that was shut again."""
    found = held(ctx, BreakGlass, line.thing)
    if found is None or found.ended_at is not None:
        return None
    found.ended_at, found.ended_by = min(ctx.now(), found.until), ctx.actor.id
    record(
        ctx,
        BreakGlassEnded(
            subject=found.id, reference=found.reference, person=found.person_id, reason=line.said["reason"],
            rules=("DEC-5", "RET-12"),
        ),
    )  # fmt: skip
    return Done(Way.EXACTLY, (found.id,))


def case_closed(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Only those invited come near it (OP 5.2)."""
    known = select(ClosedCase.id).where(ClosedCase.reference == line.reference)
    if line.reference is None or ctx.session.scalar(known) is not None:
        return None
    ctx.session.add(ClosedCase(id=line.thing, reference=line.reference, since=ctx.now()))
    return Done(Way.EXACTLY, (line.thing,))


def _has_a_factor(ctx: Context, person_id: UUID) -> bool:
    apps = select(Authenticator.id).where(
        Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None), Authenticator.ended_at.is_(None)
    )
    passkeys = select(Passkey.id).where(Passkey.person_id == person_id, Passkey.ended_at.is_(None))
    return ctx.session.scalar(apps) is not None or ctx.session.scalar(passkeys) is not None


def _locked(ctx: Context, person_id: UUID, way: Way = Way.DENIED) -> Done | None:
    found = held(ctx, Person, person_id)
    if found is None or found.locked_at is not None:
        return None
    found.locked_at = ctx.now()
    return Done(way, (found.id,))


AGAIN: dict[str, Again] = {
    "account.closed_to_strangers": closed_to_strangers,
    "account.locked": account_locked,
    "account.recovered": keys_ended,
    "account.reset": keys_ended,
    "authenticator.enrolled": keys_ended,
    "break_glass.ended": break_glass_ended,
    "case.closed_marac": case_closed,
    "case_invitation.ended": case_invitation_ended,
    "client.ended": client_ended,
    "device.forgotten": devices_forgotten,
    "invitation.made": links_ended,
    "licence.deactivated": licence_ended,
    "licence.suspended": licence_rested,
    "organisation.withdrew": organisation_left,
    "passkey.ended": keys_ended,
    "password.compromised": password_known,
    "password.set": password_replaced,
    "policy.changed": policy_changed,
    "role.ended": role_ended,
    "session.ended": session_ended,
    "withdrawal.announced": announced,
    "withdrawal.links_ended": links_ended,
}
"""What ends a right, and how that is done again."""

TAKEN_BACK: dict[str, frozenset[str]] = {
    "account.recovered": frozenset({"account.locked", "account.closed_to_strangers"}),
    "account.reset": frozenset({"account.locked", "account.closed_to_strangers"}),
    "licence.resumed": frozenset({"licence.suspended"}),
    "organisation.withdrew": frozenset({"withdrawal.announced"}),
    "withdrawal.called_off": frozenset({"withdrawal.announced"}),
}
"""What gives back what these took from the same thing, so that none of them is done again if it came after."""
