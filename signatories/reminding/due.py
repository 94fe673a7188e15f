"""What an organisation is to be told now: of each signature and policy the most pressing thing that is true (SIG-4, SIG-11)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.clock import end_of, london_date, said_day
from compliance.kernel.context import Context
from compliance.notices.models import Notice
from policies.values import Policy
from signatories.facts import read
from signatories.models import Instrument, PolicyDocument
from signatories.queries import facts
from signatories.rules import InstrumentCell, State, VersionFact

from .recipients import Recipient, recipients
from .rules import nearest

OVER = -1
"""The days left of something that has run out already."""

_AT_ONCE = 500

Ids = Collection[UUID] | None


@dataclass(frozen=True)
class Reminder:
    """One thing to tell one organisation: the kind of letter, what it is about, how many days are left, until when."""

    kind: str
    organisation_id: UUID
    about: UUID
    days: int
    useless_at: datetime | None = None
    words: dict[str, str] = field(default_factory=dict)

    def once(self, recipient: Recipient) -> str:
        """The name under which this is told once to this recipient."""
        return f"{self.kind}:{self.organisation_id}:{self.about}:{self.days}:{recipient.mark}"


@dataclass(frozen=True)
class Subject:
    """Something that organisations are reminded of: how what is due is found, and who is told, by role and contact."""

    find: Callable[[Context, Ids], list[Reminder]]
    roles: frozenset[str]
    contacts: frozenset[str]


def signing(ctx: Context, organisation_ids: Ids = None) -> list[Reminder]:
    """Versions to be signed by a day that comes near, and those whose day has passed unsigned (SIG-4).

    Whoever holds a signature that runs out is reminded; whoever refused, withdrew, or never signed is not.
    """
    found = read(
        ctx.session, ctx.now(), None if organisation_ids is None else list(organisation_ids), policy=ctx.the(Policy)
    )
    titles = {row.code: row.title for row in ctx.session.execute(select(Instrument.code, Instrument.title))}
    due = []
    for organisation in found.organisations.values():
        for code, cell in organisation.instruments.items():
            unsigned = [each for each in found.versions.get(code, ()) if each.id not in organisation.signed]
            reminder = _of_signature(ctx, organisation.id, cell, unsigned, titles.get(code, code))
            if reminder is not None:
                due.append(reminder)
    return due


def policies(ctx: Context, organisation_ids: Ids = None) -> list[Reminder]:
    """Policies whose review day comes near, that are in their days of grace, or past them (SIG-11)."""
    values = ctx.the(Policy).signatories
    today = london_date(ctx.now())
    horizon = today + timedelta(days=max(values.policy_warn_days, default=0))
    wanted = select(PolicyDocument).where(
        PolicyDocument.replaced_at.is_(None),
        PolicyDocument.next_review_on <= horizon,
        PolicyDocument.kind.in_(ctx.the(Policy).licences.required_policies),
    )
    if organisation_ids is not None:
        wanted = wanted.where(PolicyDocument.organisation_id.in_(organisation_ids))
    documents = ctx.session.scalars(wanted.order_by(PolicyDocument.next_review_on, PolicyDocument.id)).all()
    standing = facts(ctx, list({document.organisation_id for document in documents})) if documents else {}
    return [
        reminder
        for document in documents
        if not standing[document.organisation_id].withdrawn
        if (reminder := _of_policy(ctx, document, today)) is not None
    ]


SIGNING = Subject(
    signing,
    roles=frozenset({"authorised_signatory", "escalation_contact"}),
    contacts=frozenset({"escalation"}),
)
POLICIES = Subject(
    policies,
    roles=frozenset({"delegate", "escalation_contact"}),
    contacts=frozenset({"delegate", "escalation"}),
)


def untold(ctx: Context, subject: Subject, organisation_ids: Ids = None) -> list[tuple[Reminder, list[Recipient]]]:
    """What is due and to whom it was not told yet, the most pressing first."""
    due = subject.find(ctx, organisation_ids)
    who = recipients(
        ctx, {each.organisation_id for each in due}, roles=subject.roles, contacts=subject.contacts
    ) if due else {}  # fmt: skip
    told = already_told(ctx, [each.once(one) for each in due for one in who.get(each.organisation_id, ())])
    waiting = [
        (each, [one for one in who.get(each.organisation_id, ()) if each.once(one) not in told])
        for each in sorted(due, key=lambda each: each.days)
    ]
    return [(each, some) for each, some in waiting if some]


def already_told(ctx: Context, names: Sequence[str]) -> set[str]:
    """Those of these letters that were written before."""
    told: set[str] = set()
    for start in range(0, len(names), _AT_ONCE):
        some = select(Notice.once).where(Notice.once.in_(names[start : start + _AT_ONCE]))
        told.update(name for name in ctx.session.scalars(some) if name)
    return told


def _of_signature(
    ctx: Context, organisation_id: UUID, cell: InstrumentCell, unsigned: Iterable[VersionFact], title: str
) -> Reminder | None:
    remind = ctx.the(Policy).signatories.resign_remind_days
    if cell.state is State.SIGNED and cell.until is not None:
        coming = [each for each in unsigned if each.resign_until == cell.until]
        last_day = _last_day(cell.until)
        days = nearest((last_day - london_date(ctx.now())).days, remind)
        if coming and days is not None:
            words = _words(title, coming[-1].label, last_day)
            return Reminder("sign_again", organisation_id, coming[-1].id, days, cell.until, words)
    if cell.state is State.LAPSED:
        missed = [each for each in unsigned if each.resign_until is not None and each.resign_until <= ctx.now()]
        if missed and missed[-1].resign_until is not None:
            words = _words(title, missed[-1].label, _last_day(missed[-1].resign_until))
            return Reminder("signature_lapsed", organisation_id, missed[-1].id, OVER, None, words)
    return None


def _of_policy(ctx: Context, document: PolicyDocument, today: date) -> Reminder | None:
    policy = ctx.the(Policy)
    over = document.next_review_on + timedelta(days=policy.licences.policy_grace_days)
    words = {"what": document.kind.replace("_", " "), "day": said_day(document.next_review_on), "over": said_day(over)}
    if today > over:
        return Reminder("policy_out_of_date", document.organisation_id, document.id, OVER, None, words)
    kind, end, warn = "policy_in_grace", over, policy.signatories.policy_grace_warn_days
    if today <= document.next_review_on:
        kind, end, warn = "policy_review", document.next_review_on, policy.signatories.policy_warn_days
    days = nearest((end - today).days, warn)
    return None if days is None else Reminder(kind, document.organisation_id, document.id, days, end_of(end), words)


def _words(title: str, label: str, last_day: date) -> dict[str, str]:
    return {"title": title, "label": label, "day": said_day(last_day)}


def _last_day(until: datetime) -> date:
    """The London day that ends at this instant."""
    return london_date(until - timedelta(microseconds=1))
