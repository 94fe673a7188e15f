"""Keeping licences: rest, wake, end, and let eligibility be live (LIC-3, LIC-4, LIC-13, OP 6.2)."""

from __future__ import annotations

from uuid import UUID

from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError, Invalid
from compliance.licences import eligibility, holding, queries
from compliance.licences.errors import LicenceOver, NoSuchStep, NotEligible, OwnLicence
from compliance.licences.models import Licence
from compliance.licences.rotas import following
from compliance.licences.rotas.errors import TurnsDecide
from compliance.licences.rules import BY_HAND, HUB_TO_END, OWN_TO_END, EndReason, Status, Step, Suspension, after
from compliance.licences.steps import end, keep, past_its_end, rest, rest_on, wake
from policies.access import may, require
from policies.permissions import Permission


def suspend(ctx: Context, licence_id: UUID, *, reason: Suspension) -> Licence:
    """Pause one person's use of the case system; the seat stays theirs (LIC-3, OP 6.2).

    A licence that rests because an item of its checklist lapsed, or because it is not its turn in a rota, can be
    given a person's reason on top, so that it does not wake by itself when the item is mended or the turn comes. And
    one that rests for a colleague's turn or for leave can be given an investigation on top, which nobody waits for.
    """
    licence = queries.visible(ctx, licence_id, lock=False)
    require(ctx, Permission.LICENCE_SUSPEND, organisation=licence.organisation_id)
    licence = queries.visible(ctx, licence_id)

    if reason not in BY_HAND:
        raise Invalid.at("/reason", "Choose rota, leave or investigation.")
    if reason == Suspension.ROTA and licence.rota_id is not None:
        raise Invalid.at("/reason", "This licence is in a rota, whose timetable lets it rest. Choose another reason.")

    out_of_turn = licence.rota_id is not None and licence.suspension == Suspension.ROTA
    milder = reason == Suspension.INVESTIGATION and licence.suspension in (Suspension.ROTA, Suspension.LEAVE)
    if licence.status == Status.SUSPENDED and (licence.suspension == Suspension.ELIGIBILITY or out_of_turn or milder):
        rest_on(ctx, licence, Suspension(reason))
        return licence

    rest(ctx, licence, Suspension(reason))
    return licence


def resume(ctx: Context, licence_id: UUID) -> Licence:
    """Let a resting licence be used again; its checklist must still hold (LIC-3, LIC-13).

    One in a rota goes back to its turns (LIC-6). Raises OwnLicence (ROL-3), TurnsDecide, LicenceOver, NotEligible, and
    whatever keeps it resting (BRE-4).
    """
    licence = queries.visible(ctx, licence_id, lock=False)
    require(ctx, Permission.LICENCE_RESUME, organisation=licence.organisation_id)
    rota_id = licence.rota_id
    if rota_id is not None:
        following.hold(ctx, rota_id)
    licence = queries.visible(ctx, licence_id)

    if ctx.actor.person_id == licence.person_id:
        raise OwnLicence()
    after(Status(licence.status), Step.RESUME)
    holding.check(ctx, licence)
    if licence.rota_id is not None and licence.suspension == Suspension.ROTA:
        raise TurnsDecide()
    if past_its_end(ctx, licence.ends_on):
        raise LicenceOver()
    missing = eligibility.still_holds(ctx, licence.person, licence.organisation_id).missing
    if missing:
        raise NotEligible(fields=tuple(FieldError(f"/checklist/{item.code}", item.says) for item in missing))

    wake(ctx, licence)
    if rota_id is not None:
        following.follow(ctx, rota_id)
    return licence


def deactivate(ctx: Context, licence_id: UUID, *, reason: EndReason) -> Licence:
    """End a licence, or take back a request, for good (LIC-3, LIC-4, OP 6.6).

    The hub may; and an organisation's delegate may for a leaver or at request, at once, within their own
    organisation: ending a right needs no evaluation.
    """
    licence = queries.visible(ctx, licence_id, lock=False)
    by_hub = may(ctx, Permission.LICENCE_DEACTIVATE, organisation=licence.organisation_id)
    if not by_hub:
        require(ctx, Permission.LICENCE_END_OWN, organisation=licence.organisation_id)
    licence = queries.visible(ctx, licence_id)

    reasons = HUB_TO_END if by_hub else OWN_TO_END
    if reason not in reasons:
        names = ", ".join(sorted(each.value for each in reasons))
        raise Invalid.at("/reason", f"Choose one of these reasons: {names}.")

    end(ctx, licence, EndReason(reason))
    return licence


def expire(ctx: Context, licence_id: UUID) -> Licence:
    """End a by-invite licence whose last day has passed (LIC-7)."""
    licence = queries.visible(ctx, licence_id)
    require(ctx, Permission.LICENCE_DEACTIVATE, organisation=licence.organisation_id)

    if not past_its_end(ctx, licence.ends_on):
        raise NoSuchStep()

    end(ctx, licence, EndReason.EXPIRED)
    return licence


def keep_eligibility(ctx: Context, licence_id: UUID) -> Licence:
    """Suspend a licence whose checklist no longer holds; wake one that rested for that and holds again (LIC-13).

    A licence that rests for another reason is left alone.
    """
    licence = queries.visible(ctx, licence_id)
    for permission in (Permission.LICENCE_SUSPEND, Permission.LICENCE_RESUME):
        require(ctx, permission, organisation=licence.organisation_id)

    keep(ctx, (licence,))
    return licence
