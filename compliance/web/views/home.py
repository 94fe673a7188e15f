"""The first page: what waits for whoever has signed in, on whom it waits, and until when."""

from __future__ import annotations

from flask import Blueprint, g, url_for

from compliance.accesses.flags import queries as flags
from compliance.breaches import queries as breaches
from compliance.breaches.notifying import queries as data_breaches
from compliance.changes.webhooks import queries as webhooks
from compliance.complaints import queries as complaints
from compliance.complaints.data_protection import queries as data_complaints
from compliance.decisions.exceptions import queries as exceptions
from compliance.governance.escalations import queries as escalations
from compliance.governance.outages import queries as outages
from compliance.governance.support import queries as support
from compliance.identity import queries as identity
from compliance.identity.clients import queries as clients
from compliance.identity.proposals import queries as proposals
from compliance.identity.rules import nearest_warning
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, reading
from compliance.kernel.counting import Counting, ask_together
from compliance.licences import queries as licences
from compliance.licences.training import queries as training
from compliance.notices import listing as letters
from compliance.notices import queries as notices
from compliance.notices.ways import Post
from compliance.sharing.disclosures import queries as disclosures
from compliance.sharing.reuse import queries as reuse
from compliance.sharing.statement import queries as statement
from compliance.web.access import could, signed_in
from compliance.web.replies import Reply, show
from compliance.web.words import ROLES, count, day, moment
from policies.permissions import Permission
from policies.values import Policy
from retention.disposals import chasing as disposals
from retention.holds import queries as holds
from signatories.welcome import queries as welcome

from . import (
    home_accountability,
    home_breaches,
    home_changes,
    home_complaints,
    home_disposals,
    home_doing,
    home_figures,
    home_help,
    home_licences,
    home_outages,
    home_register,
    home_retention,
    home_sharing,
    home_training,
)
from .home_parts import Waiting, are_many, bands

pages = Blueprint("home", __name__)

URGENT_FROM = 3
"""Days before a password ends from which there is nothing more urgent."""


COUNTED: tuple[tuple[Permission, Counting], ...] = (
    (Permission.LICENCE_READ, licences.counting),
    (Permission.FLAG_READ, flags.counting),
    (Permission.INCIDENT_READ, breaches.counting),
    (Permission.DATA_BREACH_READ, data_breaches.counting),
    (Permission.DATA_COMPLAINT_HANDLE, data_complaints.counting),
    (Permission.ESCALATION_READ, escalations.counting),
    (Permission.HELP_HANDLE, support.counting),
    (Permission.OUTAGE_RUN, outages.counting),
    (Permission.COMPLAINT_READ, complaints.counting),
    (Permission.TRAINING_READ, training.counting),
    (Permission.WELCOME_READ, welcome.counting),
    (Permission.REUSE_ANSWER, reuse.counting),
    (Permission.DISCLOSURE_AUTHORISE, disclosures.counting),
    (Permission.STATEMENT_ACKNOWLEDGE, statement.counting),
    (Permission.WEBHOOK_SEND, webhooks.counting),
    (Permission.CLIENT_END, clients.counting),
    (Permission.DISPOSAL_PROPOSE, disposals.counting),
    (Permission.HOLD_LIFT, holds.counting),
)
"""What is counted for this page in one statement, each for those who may read it."""


@pages.get("/")
@signed_in
def home() -> Reply:
    """How things stand for this person, what is overdue, what waits for them, and what the next days bring."""
    with reading() as ctx:
        ask_together(ctx, *(counting for permission, counting in COUNTED if could(permission)))
        waiting = [
            *_password(ctx),
            *home_licences.own(ctx),
            *home_register.to_sign(ctx),
            *home_licences.to_decide(ctx),
            *home_licences.seats(ctx),
            *_proposals(ctx),
            *home_licences.own_requests(ctx),
            *home_register.leaving(ctx),
            *home_register.calendar(ctx),
            *home_register.policies(ctx),
            *_letters(ctx),
            *_opened(ctx),
            *_flags(ctx),
            *home_breaches.waiting(ctx),
            *home_changes.waiting(ctx),
            *home_changes.untold(ctx),
            *home_breaches.of_data(ctx),
            *home_accountability.about_data(ctx),
            *home_accountability.escalated(ctx),
            *home_accountability.own_part(ctx),
            *home_help.waiting(ctx),
            *home_outages.outages(ctx),
            *home_training.waiting(ctx),
            *home_complaints.waiting(ctx),
            *home_sharing.waiting(ctx),
            *home_retention.held(ctx),
            *home_disposals.waiting(ctx),
        ]
        figures, today = home_figures.figures(ctx), london_date(ctx.now())
    held, own = {holding.role for holding in ctx.actor.holdings}, g.sign_in.person.organisation_id
    found = bands(waiting, today)
    return show(
        "home.html", figures=figures, bands=found, many=are_many(found), ways=home_doing.ways(held, own),
        roles=[name for role, name in ROLES.items() if role in held],
    )  # fmt: skip


def _password(ctx: Context) -> list[Waiting]:
    """The same warnings that are sent as letters, from the first of them on (IDN-2)."""
    until = identity.password_until(ctx, g.sign_in.person.id)
    warned = nearest_warning(ctx.now(), until, ctx.the(Policy).password.warn_days) if until else None
    if until is None or warned is None:
        return []
    days = (until - ctx.now()).days
    return [
        Waiting(
            None,
            f"{count(days, 'day')} until your password expires",
            f"After {moment(until)} nothing opens until you choose a new one.",
            url_for("account.password"),
            "Change your password",
            urgent=warned <= URGENT_FROM,
            due=london_date(until),
        )
    ]


def _proposals(ctx: Context) -> list[Waiting]:
    number = proposals.number_to_decide(ctx) if proposals.takes_part(ctx) else 0
    if not number:
        return []
    return [
        Waiting(
            number,
            f"{'proposal waits' if number == 1 else 'proposals wait'} for you",
            "A colleague asked for something that takes two people, and you can be the second.",
            url_for("proposals.proposals"),
            "See what is asked",
            urgent=True,
        )
    ]


def _flags(ctx: Context) -> list[Waiting]:
    """Accesses worth a question that are this person's to review, and those that nobody is left for (AUD-6)."""
    if not could(Permission.FLAG_READ):
        return []
    found = flags.counted(ctx)
    late = f" {count(found.overdue, 'is', 'are')} overdue." if found.overdue else ""
    waiting = []
    if found.mine:
        title = f"{'flag waits' if found.mine == 1 else 'flags wait'} for your review"
        says = f"An access is worth a question, or somebody reported a concern.{late}"
        where = url_for("flags.flags", which="mine")
        waiting.append(
            Waiting(found.mine, title, says, where, "Review", urgent=bool(found.overdue), late=found.overdue)
        )
    if found.unassigned:
        title = f"{'flag has' if found.unassigned == 1 else 'flags have'} no reviewer"
        says = "Nobody is left who may review. Have another information governance officer or hub manager named."
        where = url_for("flags.flags", which="unassigned")
        waiting.append(Waiting(found.unassigned, title, says, where, "See which", urgent=True))
    return waiting


def _opened(ctx: Context) -> list[Waiting]:
    """Cases opened for emergency MARACs that this officer can look at (DEC-5)."""
    number = exceptions.number_to_review(ctx) if could(Permission.BREAK_GLASS_REVIEW) else 0
    if not number:
        return []
    return [
        Waiting(
            None,
            f"{number} opened {'case waits' if number == 1 else 'cases wait'} to be looked at",
            "Somebody was let near a case for an emergency MARAC. Say whether it was justified.",
            url_for("break_glass.opened", sort="due"),
            "See what was opened",
        )
    ]


def _letters(ctx: Context) -> list[Waiting]:
    if not could(Permission.NOTICE_READ):
        return []
    post = notices.standing(ctx)
    shut = post.waiting if not ctx.the(Post).is_open else 0
    if not (post.failing or shut):
        return []
    number = post.failing or shut
    return [
        Waiting(
            number,
            f"{'letter' if number == 1 else 'letters'} could not be sent yet",
            f"The oldest is of {day(post.oldest)}. One may be a code.",
            url_for("notices.letters", state=(letters.State.FAILING if post.failing else letters.State.WAITING).value),
            "See what is wrong",
            urgent=True,
        )
    ]
