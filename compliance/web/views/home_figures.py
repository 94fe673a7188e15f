"""How things stand, in a few figures for each role: each is the number of rows of the list that it leads to."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for

from compliance.accesses.flags import queries as flags
from compliance.breaches import queries as breaches
from compliance.breaches.notifying import queries as data_breaches
from compliance.complaints import queries as complaints
from compliance.governance.escalations import queries as escalations
from compliance.kernel.context import Context
from compliance.licences import queries as licences
from compliance.licences.rules import Status
from compliance.web.access import could
from policies.permissions import Permission
from retention.holds import queries as holds

from .home_parts import Figure

MOST = 4


def _licences(ctx: Context) -> Figure:
    number = licences.counted(ctx).active
    title = "active licence" if number == 1 else "active licences"
    return Figure(number, title, url_for("licences.licences", status=Status.ACTIVE.value))


def _escalations(ctx: Context) -> Figure:
    found = escalations.counted(ctx)
    number = found.asked + found.overdue + found.answered
    return Figure(number, "open escalation" if number == 1 else "open escalations", url_for("escalations.escalations"))


def _breaches(ctx: Context) -> Figure:
    number = breaches.counted(ctx).open
    title = "open breach" if number == 1 else "open breaches"
    return Figure(number, title, url_for("breaches.breaches", which=breaches.Which.OPEN.value))


def _complaints(ctx: Context) -> Figure:
    found = complaints.counted(ctx)
    number = found.mine + found.waiting
    title = "open complaint" if number == 1 else "open complaints"
    return Figure(number, title, url_for("complaints.complaints"))


def _flags(ctx: Context) -> Figure:
    number = flags.counted(ctx).open
    return Figure(number, "open flag of access" if number == 1 else "open flags of access", url_for("flags.flags"))


def _clocks(ctx: Context) -> Figure:
    number = data_breaches.counted(ctx).running
    title = "clock to the ICO runs" if number == 1 else "clocks to the ICO run"
    return Figure(number, title, url_for("data_breaches.register", which=data_breaches.Which.RUNNING.value))


def _holds(ctx: Context) -> Figure:
    number = holds.counted(ctx).in_force
    return Figure(number, "hold in force" if number == 1 else "holds in force", url_for("holds.holds"))


Shown = tuple[Permission, Callable[[Context], Figure]]

LICENCES: Shown = (Permission.LICENCE_READ, _licences)
ESCALATIONS: Shown = (Permission.ESCALATION_READ, _escalations)
BREACHES: Shown = (Permission.INCIDENT_READ, _breaches)
COMPLAINTS: Shown = (Permission.COMPLAINT_READ, _complaints)
FLAGS: Shown = (Permission.FLAG_READ, _flags)
CLOCKS: Shown = (Permission.DATA_BREACH_READ, _clocks)
HOLDS: Shown = (Permission.HOLD_LIFT, _holds)

HUB = (LICENCES, BREACHES, COMPLAINTS, ESCALATIONS)

OF_ROLE: dict[str, tuple[Shown, ...]] = {
    "hub_manager": HUB,
    "hub_supervisor": HUB,
    "hub_coordinator": HUB,
    "ig_officer": (FLAGS, CLOCKS, HOLDS, BREACHES),
    "steering_member": (ESCALATIONS, BREACHES),
    "executive_chair": (ESCALATIONS, COMPLAINTS),
    "delegate": (LICENCES, BREACHES, COMPLAINTS, ESCALATIONS),
    "escalation_contact": (ESCALATIONS, BREACHES, COMPLAINTS, LICENCES),
    "authorised_signatory": (COMPLAINTS,),
    "licence_holder": (COMPLAINTS,),
}
"""Which figures whom are shown; whoever holds several roles sees those of the first that stands here, then the others'."""


def figures(ctx: Context) -> list[Figure]:
    """The figures of this person's roles, `MOST` at the most."""
    held = {holding.role for holding in ctx.actor.holdings}
    wanted = dict.fromkeys(each for role, shown in OF_ROLE.items() if role in held for each in shown)
    return [count(ctx) for permission, count in list(wanted)[:MOST] if could(permission)]
