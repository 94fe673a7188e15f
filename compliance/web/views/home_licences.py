"""What the first page says about licences: one's own, requests to decide on, and seats that wait for somebody (LIC-11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import g, url_for

from compliance.kernel.context import Context
from compliance.licences import queries as licences
from compliance.licences.capacity import queries as capacity
from compliance.licences.models import Licence
from compliance.licences.rotas import queries as rotas
from compliance.licences.rotas.rules import day_and_clock, said
from compliance.licences.rotas.turns import in_turn
from compliance.licences.rules import Status
from compliance.web.access import can, could
from compliance.web.words import count, day, moment, until
from policies.permissions import Permission
from policies.values import Policy

from .home_parts import Waiting

WARN_BEFORE = timedelta(days=14)


def own(ctx: Context) -> list[Waiting]:
    """One's own licences: what runs out, and whose turn it is where a seat is shared."""
    mine = licences.of_person(ctx, g.sign_in.person.id)
    return [*_running_out(ctx, in_turn(ctx, mine)), *(_turns(ctx) if any(each.rota_id for each in mine) else ())]


def _running_out(ctx: Context, own: Iterable[Licence]) -> list[Waiting]:
    """One's own licence, where its last day comes near (LIC-7)."""
    soon = [licence for licence in own if licence.ends_on and licence.ends_on <= (ctx.now() + WARN_BEFORE).date()]
    return [
        Waiting(
            None,
            "Your licence ends soon",
            f"The last day of your licence for {licence.organisation.name} is {day(licence.ends_on)}. "
            "Your delegate can ask for a new one.",
            url_for("account.account"),
            "See your account",
            due=licence.ends_on,
        )
        for licence in soon
    ]


def _turns(ctx: Context) -> list[Waiting]:
    """When whoever shares a seat has it: now and until when, or from when on (LIC-6)."""
    return [
        Waiting(
            None,
            f"Your turn: {said(member.turns)}",
            f"You share a seat of {standing.organisation}. {_now_or_next(ctx, standing, member)}",
            url_for("account.account"),
            "See your account",
        )
        for standing, member in rotas.of_person(ctx, g.sign_in.person.id)
    ]


def _now_or_next(ctx: Context, standing: rotas.Standing, member: rotas.Member) -> str:
    if member.has_seat:
        return f"It is your turn until {until(standing.until)}." if standing.until else "It is your turn."
    if not member.can_use:
        return "Your licence rests, or is not given yet, and your turns with it."
    begins = member.next_from(ctx.now())
    return f"Your next turn begins {day_and_clock(begins)}." if begins else "You have no turn to come."


def to_decide(ctx: Context) -> list[Waiting]:
    """Requests that wait for the hub (LIC-4)."""
    if not could(Permission.LICENCE_APPROVE):
        return []
    found = licences.counted(ctx)
    if not found.requested:
        return []
    return [
        Waiting(
            found.requested,
            f"{'request waits' if found.requested == 1 else 'requests wait'} for your decision",
            f"The oldest was made on {moment(found.since)}.",
            url_for("licences.licences", status=Status.REQUESTED.value),
            "Decide on requests",
            urgent=True,
        )
    ]


def seats(ctx: Context) -> list[Waiting]:
    """Where a seat waits for somebody, and somebody for a seat: for whoever gives them out (LIC-5, LIC-11)."""
    if not (could(Permission.LICENCE_APPROVE) and could(Permission.CAPACITY_READ)):
        return []
    found, waiting = capacity.needs(ctx), []
    if found.accepted:
        waiting.append(
            Waiting(
                found.accepted,
                f"{'offer is' if found.accepted == 1 else 'offers are'} accepted",
                "The seat is kept until you have approved the licence.",
                url_for("waiting.waiting"),
                "See the waiting list",
                urgent=True,
            )
        )
    if found.waiting or found.offered:
        offered = (
            f" {count(found.offered, 'seat is', 'seats are')} offered and not answered yet." if found.offered else ""
        )
        since = f"The first since {day(found.since)}." if found.since else ""
        waiting.append(
            Waiting(
                found.waiting,
                f"{'person waits' if found.waiting == 1 else 'people wait'} for a seat",
                f"{since}{offered}".strip(),
                url_for("waiting.waiting"),
                "See the waiting list",
            )
        )
    if found.idle:
        days = ctx.the(Policy).capacity.idle_days
        waiting.append(
            Waiting(
                found.idle,
                f"{'seat is' if found.idle == 1 else 'seats are'} idle",
                f"Nobody has used {'it' if found.idle == 1 else 'them'} for {days} days.",
                url_for("licences.licences", idle="yes"),
                "See which",
            )
        )
    return waiting


def own_requests(ctx: Context) -> list[Waiting]:
    """What one's organisation has asked for, and who has yet to sign in (LIC-4)."""
    organisation_id = g.sign_in.person.organisation_id
    if (
        could(Permission.LICENCE_APPROVE)
        or organisation_id is None
        or not can(Permission.LICENCE_REQUEST, organisation_id)
    ):
        return []
    found = licences.waiting(ctx, Status.REQUESTED, Status.APPROVED, organisation_id=organisation_id)
    asked, approved = found[Status.REQUESTED].number, found[Status.APPROVED].number
    waiting = []
    if asked:
        waiting.append(
            Waiting(
                asked,
                f"{'request is' if asked == 1 else 'requests are'} with the MARAC Hub Team",
                "Open each to see what is still missing from its checklist, and who can mend it.",
                url_for("licences.licences", status=Status.REQUESTED.value),
                "See what is missing",
            )
        )
    if approved:
        waiting.append(
            Waiting(
                approved,
                f"{'colleague has' if approved == 1 else 'colleagues have'} not signed in yet",
                "Their licence is approved. It begins when they have set a password and a second step.",
                url_for("licences.licences", status=Status.APPROVED.value),
                "See who",
            )
        )
    return waiting
