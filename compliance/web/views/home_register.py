"""What the register asks of whoever has signed in: to sign, to look at by the calendar, to renew, to see who leaves."""

from __future__ import annotations

from datetime import timedelta

from flask import g, url_for

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.web.access import can, could
from compliance.web.words import count, day, moment
from policies.permissions import Permission
from signatories import queries as signatories
from signatories.assurance import queries as assurance
from signatories.assurance.rules import Currency
from signatories.models import InstrumentVersion
from signatories.queries import WithdrawalRow
from signatories.reviews import queries as reviews
from signatories.reviews import use_cases as reviewing
from signatories.withdrawals import queries as withdrawals
from signatories.withdrawals.queries import Stands, stands

from .home_parts import Waiting

RECENT = timedelta(days=28)


def to_sign(ctx: Context) -> list[Waiting]:
    """Versions that wait for this signatory, each with until when (SIG-4)."""
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
                due=version.resign_by,
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


def leaving(ctx: Context) -> list[Waiting]:
    """Organisations that are to leave, and those that left lately (SIG-6)."""
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
            due=min(london_date(row.withdrawal.effective_at) for row in coming),
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
            None,
            f"{count(len(recent), 'organisation')} withdrew in the last 28 days",
            f"{says}. Take their people off any list kept elsewhere.",
            url_for("withdrawals.withdrawals"),
            "See withdrawals",
            urgent=bool(open_duties),
        )
    ]


def calendar(ctx: Context) -> list[Waiting]:
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
            "Look at the partnership’s own list of who signed the ISA.",
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
            "Say whether each is useful and fit, and whether it goes on.",
            url_for("instruments.calendar", state=reviewing.TO_RECORD),
            "See the calendar",
        )
    ]


def policies(ctx: Context) -> list[Waiting]:
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
            due=row.until,
        )
    ]


_POLICY_STANDS = {
    Currency.DUE_SOON: "It is to be reviewed by {until}. Send the reviewed one to the MARAC Hub Team.",
    Currency.IN_GRACE: "It is out of date. Nobody new can be licensed, and after {until} your people’s licences rest.",
    Currency.OUT_OF_DATE: "It is out of date, and your people’s licences rest. Send the reviewed one to the MARAC Hub Team.",
    Currency.MISSING: "None is recorded. Send it to the MARAC Hub Team: without it nobody can be licensed.",
}
