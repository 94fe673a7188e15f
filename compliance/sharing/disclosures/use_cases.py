"""Asking to disclose something, a manager's answer, and saying that it was done (SHA-3, OP 10.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.numbering import next_number
from compliance.kernel.secrets import KeyRing
from compliance.sharing.behalf import whose
from policies.access import may, require
from policies.permissions import Permission
from policies.values import Policy

from . import letters, queries, rules
from .errors import OwnDisclosure
from .events import DisclosureAsked, DisclosureAuthorised, DisclosureMade, DisclosureRefused, DisclosureViewed
from .models import Disclosure
from .rules import Status, Step

REFERENCE_LONGEST = 255
RECIPIENT_LONGEST = 200


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to disclose: of which case, to which body and which one of its kind, what, and why."""

    reference: str
    body: str
    recipient: str
    material: str
    words: str


@dataclass(frozen=True)
class Opened:
    """An entry of the register with everything that was said in it."""

    disclosure: Disclosure
    recipient: str
    words: str
    answer: str | None


def ask(ctx: Context, said: Wanted) -> Disclosure:
    """Ask for a manager's authority to disclose; neither a victim nor a perpetrator is among those to choose from (OP 10.2).

    Raises Forbidden, BeyondCalendar, and Invalid at the member that is wrong.
    """
    who = whose(ctx, Permission.DISCLOSURE_ASK, person=None)
    policy, day, ring = ctx.the(Policy), london_date(ctx.now()), ctx.the(KeyRing)

    reference = text.line(said.reference, pointer="/reference", limit=REFERENCE_LONGEST)
    if said.body not in policy.disclosure_bodies:
        raise Invalid.at(
            "/body", "Choose to whom it is disclosed. Nothing is disclosed to anybody who is not on the list."
        )
    if said.material not in policy.disclosure_materials:
        raise Invalid.at("/material", "Choose what is disclosed.")
    recipient = text.line(said.recipient, pointer="/recipient", limit=RECIPIENT_LONGEST)
    words = text.prose(said.words, pointer="/words", limit=policy.sharing.words_most)

    new_id = ctx.new_id()
    disclosure = Disclosure(
        id=new_id, year=day.year, number=next_number(ctx, Disclosure.number, Disclosure.year, day.year),
        reference=reference, body=said.body, material=said.material, organisation_id=who.organisation_id,
        asked_by=who.person_id, asked_at=ctx.now(),
        answer_by=rules.answer_by(day, policy.sharing, policy.calendar), status=Status.ASKED.value,
        recipient=ring.seal(recipient.encode(), place=f"disclosures.recipient:{new_id}"),
        words=ring.seal(words.encode(), place=f"disclosures.words:{new_id}"),
    )  # fmt: skip
    ctx.session.add(disclosure)
    ctx.session.flush()

    record(
        ctx,
        DisclosureAsked(
            **_about(disclosure), kind=disclosure.material, what=disclosure.body, answer_by=disclosure.answer_by
        ),
    )
    letters.waits(ctx, disclosure)
    return disclosure


def authorise(ctx: Context, disclosure_id: UUID, *, words: str) -> Disclosure:
    """Authorise it, as a manager who did not ask for it; raises NoSuchStep, OwnDisclosure, and Invalid at `/words`."""
    return _answer(ctx, disclosure_id, Step.AUTHORISE, words)


def refuse(ctx: Context, disclosure_id: UUID, *, words: str) -> Disclosure:
    """Refuse it, or take an authority back before anything was disclosed; otherwise as `authorise`."""
    return _answer(ctx, disclosure_id, Step.REFUSE, words)


def make(ctx: Context, disclosure_id: UUID, *, made_on: date) -> Disclosure:
    """Say that it was disclosed, by whoever asked for it or the hub; raises NoSuchStep, and Invalid at `/made_on`."""
    disclosure = queries.visible(ctx, disclosure_id, lock=True)
    if disclosure.asked_by != ctx.actor.person_id:
        require(ctx, Permission.DISCLOSURE_AUTHORISE)
    status = rules.after(Status(disclosure.status), Step.MAKE)
    authorised_on = london_date(disclosure.answered_at or ctx.now())
    wrong = rules.made_wrong(made_on, authorised_on, london_date(ctx.now()))
    if wrong is not None:
        raise Invalid.at("/made_on", wrong)

    disclosure.status, disclosure.made_by, disclosure.made_on = status.value, ctx.actor.id, made_on

    record(
        ctx,
        DisclosureMade(**_about(disclosure), kind=disclosure.material, what=disclosure.body, made_on=made_on),
    )
    return disclosure


def view(ctx: Context, disclosure_id: UUID) -> Opened:
    """One entry of the register with its reasons, and keep that it was read (AUD-1)."""
    disclosure = queries.visible(ctx, disclosure_id)
    ring = ctx.the(KeyRing)

    def words(kept: bytes, column: str) -> str:
        return ring.open(kept, place=f"disclosures.{column}:{disclosure.id}").decode()

    record(ctx, DisclosureViewed(**_about(disclosure)))
    answer = words(disclosure.answer, "answer") if disclosure.answer is not None else None
    return Opened(disclosure, words(disclosure.recipient, "recipient"), words(disclosure.words, "words"), answer)


def can_take(ctx: Context, disclosure: Disclosure) -> tuple[Step, ...]:
    """The steps that whoever looks may take now."""
    mine = disclosure.asked_by == ctx.actor.person_id
    manages = may(ctx, Permission.DISCLOSURE_AUTHORISE)
    able = {Step.AUTHORISE: manages and not mine, Step.REFUSE: manages and not mine, Step.MAKE: manages or mine}
    return tuple(step for step in Step if able[step] and (Status(disclosure.status), step) in rules.NEXT)


def _answer(ctx: Context, disclosure_id: UUID, step: Step, words: str) -> Disclosure:
    disclosure = queries.visible(ctx, disclosure_id, lock=True)
    require(ctx, Permission.DISCLOSURE_AUTHORISE)
    if disclosure.asked_by == ctx.actor.person_id:
        raise OwnDisclosure()
    status = rules.after(Status(disclosure.status), step)
    said = text.prose(words, pointer="/words", limit=ctx.the(Policy).sharing.words_most)

    disclosure.status = status.value
    disclosure.answered_by, disclosure.answered_at = ctx.actor.id, ctx.now()
    disclosure.answer = ctx.the(KeyRing).seal(said.encode(), place=f"disclosures.answer:{disclosure.id}")

    event = DisclosureAuthorised if step is Step.AUTHORISE else DisclosureRefused
    record(ctx, event(**_about(disclosure)))
    letters.answered(ctx, disclosure)
    return disclosure


def _about(disclosure: Disclosure) -> dict[str, Any]:
    return {
        "subject": disclosure.id, "organisation": disclosure.organisation_id, "reference": disclosure.reference,
    }  # fmt: skip
