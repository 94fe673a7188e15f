"""The first page: what waits for whoever has signed in, on whom it waits, and until when."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, g, url_for

from compliance.accesses.flags import queries as flags
from compliance.breaches import queries as breaches
from compliance.breaches.notifying import queries as data_breaches
from compliance.changes.webhooks import queries as webhooks
from compliance.complaints import queries as complaints
from compliance.complaints.data_protection import queries as data_complaints
from compliance.decisions.exceptions import queries as exceptions
from compliance.governance.escalations import queries as escalations
from compliance.identity import queries as identity
from compliance.identity.proposals import queries as proposals
from compliance.identity.rules import nearest_warning
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, reading
from compliance.kernel.counting import Counting, ask_together
from compliance.notices import queries as notices
from compliance.notices.ways import Post
from compliance.sharing.disclosures import queries as disclosures
from compliance.sharing.reuse import queries as reuse
from compliance.sharing.statement import queries as statement
from compliance.web.access import can, could, signed_in
from compliance.web.replies import Reply, show
from compliance.web.words import count, day, moment
from policies.permissions import Permission
from policies.values import Policy
from retention.disposals import chasing as disposals
from retention.holds import queries as holds
from signatories import queries as signatories
from signatories.assurance import queries as assurance
from signatories.assurance.rules import Currency
from signatories.models import InstrumentVersion
from signatories.queries import WithdrawalRow
from signatories.reviews import queries as reviews
from signatories.withdrawals import queries as withdrawals
from signatories.withdrawals.queries import Stands, stands

from . import (
    home_accountability,
    home_breaches,
    home_changes,
    home_complaints,
    home_disposals,
    home_licences,
    home_retention,
    home_sharing,
)
from .home_licences import Waiting

pages = Blueprint("home", __name__)

RECENT = timedelta(days=28)
URGENT_FROM = 3
"""Days before a password ends from which there is nothing more urgent."""


COUNTED: tuple[tuple[Permission, Counting], ...] = (
    (Permission.FLAG_READ, flags.counting),
    (Permission.INCIDENT_READ, breaches.counting),
    (Permission.DATA_BREACH_READ, data_breaches.counting),
    (Permission.DATA_COMPLAINT_HANDLE, data_complaints.counting),
    (Permission.ESCALATION_READ, escalations.counting),
    (Permission.COMPLAINT_READ, complaints.counting),
    (Permission.REUSE_ANSWER, reuse.counting),
    (Permission.DISCLOSURE_AUTHORISE, disclosures.counting),
    (Permission.STATEMENT_ACKNOWLEDGE, statement.counting),
    (Permission.WEBHOOK_SEND, webhooks.counting),
    (Permission.DISPOSAL_PROPOSE, disposals.counting),
    (Permission.HOLD_LIFT, holds.counting),
)
"""What is counted for this page in one statement, each for those who may read it."""


@pages.get("/")
@signed_in
def home() -> Reply:
    """Everything that waits for this person, the urgent first."""
    with reading() as ctx:
        ask_together(ctx, *(counting for permission, counting in COUNTED if could(permission)))
        waiting = [
            *_password(ctx),
            *home_licences.own(ctx),
            *_to_sign(ctx),
            *home_licences.to_decide(ctx),
            *home_licences.seats(ctx),
            *_proposals(ctx),
            *home_licences.own_requests(ctx),
            *_withdrawals(ctx),
            *_calendar(ctx),
            *_policies(ctx),
            *_letters(ctx),
            *_opened(ctx),
            *_flags(ctx),
            *home_breaches.waiting(ctx),
            *home_changes.waiting(ctx),
            *home_breaches.of_data(ctx),
            *home_accountability.about_data(ctx),
            *home_accountability.escalated(ctx),
            *home_complaints.waiting(ctx),
            *home_sharing.waiting(ctx),
            *home_retention.held(ctx),
            *home_disposals.waiting(ctx),
        ]
    waiting.sort(key=lambda each: not each.urgent)
    return show("home.html", waiting=waiting)


def _password(ctx: Context) -> list[Waiting]:
    """The same warnings that are sent as letters, from the first of them on (IDN-2)."""
    until = identity.password_until(ctx, g.sign_in.person.id)
    warned = nearest_warning(ctx.now(), until, ctx.the(Policy).password.warn_days) if until else None
    if until is None or warned is None:
        return []
    days = (until - ctx.now()).days
    return [
        Waiting(
            days,
            f"{'day' if days == 1 else 'days'} until your password expires",
            f"After {moment(until)} nothing opens until you choose a new one.",
            url_for("account.password"),
            "Change your password",
            urgent=warned <= URGENT_FROM,
        )
    ]


def _to_sign(ctx: Context) -> list[Waiting]:
    organisation_id = g.sign_in.person.organisation_id
    if organisation_id is None or not can(Permission.INSTRUMENT_SIGN, organisation_id):
        return []
    waiting = []
    for version in signatories.signable(ctx, organisation_id):
        until = _signed_by(ctx, version)
        waiting.append(
            Waiting(
                None,
                f"{version.instrument.title}, version {version.label}",
                f"Waits for your signature. {until}",
                url_for("signing.version", organisation_id=organisation_id, version_id=version.id),
                "Read and sign",
                urgent=True,
            )
        )
    return waiting


def _signed_by(ctx: Context, version: InstrumentVersion) -> str:
    """By when a version is signed, and how long that is (SIG-4)."""
    if version.resign_by is None:
        return "Until it is signed, none of your people can work in the case system."
    left = (version.resign_by - london_date(ctx.now())).days
    if left < 0:
        return f"The last day for it was {day(version.resign_by)}: until it is signed, your people’s licences rest."
    return (
        f"Sign it by {day(version.resign_by)}: {count(left, 'day')} left." if left else "Today is the last day for it."
    )


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


def _withdrawals(ctx: Context) -> list[Waiting]:
    if not could(Permission.WITHDRAWAL_READ):
        return []
    since = withdrawals.register(ctx, since=ctx.now() - RECENT)
    coming = [row for row in since if stands(row.withdrawal, ctx.now()) is Stands.ANNOUNCED]
    recent = [row for row in since if stands(row.withdrawal, ctx.now()) is Stands.IN_EFFECT]
    return [*_leaving(coming), *_left(recent)]


def _leaving(coming: list[WithdrawalRow]) -> list[Waiting]:
    if not coming:
        return []
    says = ", ".join(f"{row.organisation} on {moment(row.withdrawal.effective_at)}" for row in coming[-3:])
    return [
        Waiting(
            len(coming),
            f"{'organisation is' if len(coming) == 1 else 'organisations are'} to leave",
            f"{says}{' and others' if len(coming) > 3 else ''}. Take their people off any list kept elsewhere on that day.",
            url_for("withdrawals.withdrawals", state=Stands.ANNOUNCED.value),
            "See who leaves when",
        )
    ]


def _left(recent: list[WithdrawalRow]) -> list[Waiting]:
    open_duties = [row for row in recent if row.withdrawal.duties_acknowledged_at is None]
    if not recent:
        return []
    says = ", ".join(row.organisation for row in recent[:3]) + (" and others" if len(recent) > 3 else "")
    if open_duties:
        says += f". {count(len(open_duties), 'has', 'have')} not acknowledged the duties that stay"
    return [
        Waiting(
            len(recent),
            f"{'organisation' if len(recent) == 1 else 'organisations'} withdrew in the last 28 days",
            f"{says}. Take their people off any list kept elsewhere.",
            url_for("withdrawals.withdrawals"),
            "See withdrawals",
            urgent=bool(open_duties),
        )
    ]


def _calendar(ctx: Context) -> list[Waiting]:
    """What the hub decides, and looks at by the calendar: challenges, the ISA's own list, the instruments (SIG-3, SIG-12, SIG-10)."""
    if not could(Permission.ISA_CHECK_RECORD):
        return []
    found = reviews.counted(ctx)
    return [
        *(_challenges(found.challenges) if could(Permission.CHALLENGE_DECIDE) else ()),
        *_checks(found.checks),
        *(_reviews(found.reviews) if could(Permission.REVIEW_RECORD) else ()),
    ]


def _challenges(open_ones: int) -> list[Waiting]:
    if not open_ones:
        return []
    return [
        Waiting(
            open_ones,
            f"{'entry' if open_ones == 1 else 'entries'} of the register {'is' if open_ones == 1 else 'are'} doubted",
            "Decide whether the entry is put right or stays, and say why.",
            url_for("challenges.challenges", state="open"),
            "See the challenges",
        )
    ]


def _checks(due: int) -> list[Waiting]:
    if not due:
        return []
    return [
        Waiting(
            due,
            f"ISA {'check is' if due == 1 else 'checks are'} due",
            "Look at the partnership’s own list of who signed the Information Sharing Agreement, and record what it says.",
            url_for("assurance.checks"),
            "Record what it says",
        )
    ]


def _reviews(due: int) -> list[Waiting]:
    if not due:
        return []
    return [
        Waiting(
            due,
            f"{'review' if due == 1 else 'reviews'} of the instruments to record",
            "Say whether each instrument is useful and fit for its purpose, and whether it goes on.",
            url_for("instruments.calendar"),
            "See the calendar",
        )
    ]


def _policies(ctx: Context) -> list[Waiting]:
    """One's own organisation's policies, where its delegate has one to renew (SIG-11)."""
    organisation_id = g.sign_in.person.organisation_id
    if organisation_id is None or not can(Permission.LICENCE_END_OWN, organisation_id):
        return []
    row = assurance.of_one(ctx, organisation_id)
    says = _POLICY_STANDS.get(row.currency)
    if says is None:
        return []
    return [
        Waiting(
            None,
            "A policy of yours needs you",
            says.format(until=day(row.until)),
            url_for("organisations.organisation", organisation_id=organisation_id),
            "See your policies",
            urgent=row.currency is not Currency.DUE_SOON,
        )
    ]


_POLICY_STANDS = {
    Currency.DUE_SOON: "It is to be reviewed by {until}. Send the reviewed one to the MARAC Hub Team.",
    Currency.IN_GRACE: "It is out of date. Nobody new can be licensed, and after {until} your people’s licences rest.",
    Currency.OUT_OF_DATE: "It is out of date, and your people’s licences rest. Send the reviewed one to the MARAC Hub Team.",
    Currency.MISSING: "None is recorded. Send it to the MARAC Hub Team: without it nobody can be licensed.",
}


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
        waiting.append(Waiting(found.mine, title, says, where, "Review", urgent=bool(found.overdue)))
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
            number,
            f"opened {'case waits' if number == 1 else 'cases wait'} to be looked at",
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
            f"The oldest was written on {moment(post.oldest)}. It may be a link or a code that somebody waits for.",
            url_for("notices.letters"),
            "See what is wrong",
            urgent=True,
        )
    ]
