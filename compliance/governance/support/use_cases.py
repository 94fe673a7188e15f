"""Asking for help, and what the hub does about it (GOV-6, OP 6.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity import those_with
from compliance.identity.models import Person
from compliance.kernel import text
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.numbering import next_number
from compliance.kernel.secrets import KeyRing
from compliance.notices.writing import write
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

from . import queries, rules
from .errors import NamedAlready, NotASupportContact, NotTheSuppliers
from .events import (
    HelpAsked,
    HelpEnded,
    HelpPassedOn,
    HelpSorted,
    HelpViewed,
    SupportContactEnded,
    SupportContactNamed,
)
from .models import HelpRequest, SupportContact
from .rules import Matter, Status, Step

SIGNED_IN = "signed_in"
"""How it is seen that whoever asks here is who they are."""

_ONCE = "uq_support_contacts_person_id_live"


@dataclass(frozen=True)
class Caller:
    """Somebody who rang or wrote: who they say they are, for which organisation, and how it was seen that it was them."""

    who: str
    verified_by: str
    organisation_id: UUID | None = None


def ask(ctx: Context, *, about: str, words: str) -> HelpRequest:
    """Ask for help as whoever is signed in; raises Forbidden, BeyondCalendar, and Invalid at `/about` and `/words`."""
    person_id = ctx.actor.person_id
    if person_id is None:
        raise Forbidden()
    person = ctx.session.get_one(Person, person_id)
    return _logged(ctx, about, words, SIGNED_IN, person_id=person_id, organisation_id=person.organisation_id)


def log_call(ctx: Context, caller: Caller, *, about: str, words: str) -> HelpRequest:
    """Log what somebody asked for by telephone or letter, and how it was seen that it was them.

    Raises Forbidden, BeyondCalendar, and Invalid at `/who`, `/verified_by`, `/organisation_id`, `/about` and `/words`.
    """
    require(ctx, Permission.HELP_HANDLE)
    checks = ctx.the(Policy).help_checks
    if caller.verified_by not in checks:
        raise Invalid.at("/verified_by", f"Choose one of these: {', '.join(checks)}.")
    if caller.organisation_id is not None:
        try:
            register.organisation(ctx, caller.organisation_id)
        except NotFound:
            raise Invalid.at("/organisation_id", "Choose an organisation of the register.") from None
    who = text.line(caller.who, pointer="/who")
    return _logged(ctx, about, words, caller.verified_by, organisation_id=caller.organisation_id, who=who)


def view(ctx: Context, request_id: UUID) -> queries.Whole:
    """Show one request with what was said, and keep that it was shown."""
    found = queries.whole(ctx, queries.visible(ctx, request_id))
    record(ctx, HelpViewed(subject=found.request.id, organisation=found.request.organisation_id))
    return found


def sort(ctx: Context, request_id: UUID, *, matter: Matter | str) -> HelpRequest:
    """Say whose matter it is; raises SortedAlready, HelpOver, and Invalid at `/matter`."""
    it = _held(ctx, request_id)
    try:
        whose = Matter(matter)
    except ValueError:
        raise Invalid.at("/matter", f"Choose one of these: {', '.join(Matter)}.") from None

    it.status = rules.after(it.status, Step.SORT).value
    it.matter, it.sorted_by, it.sorted_at = whose.value, ctx.actor.id, ctx.now()

    record(ctx, HelpSorted(subject=it.id, organisation=it.organisation_id, kind=whose.value))
    return it


def pass_on(ctx: Context, request_id: UUID, *, ticket: str) -> HelpRequest:
    """Pass it on to the supplier, with what they call it: a support contact alone (OP 6.4).

    Raises NotSorted, PassedOnAlready, HelpOver, NotTheSuppliers, NotASupportContact, and Invalid at `/ticket`.
    """
    it = _held(ctx, request_id)
    status = rules.after(it.status, Step.PASS_ON)
    if it.matter != Matter.SUPPLIER:
        raise NotTheSuppliers()
    if not queries.is_contact(ctx):
        raise NotASupportContact()
    said = text.line(ticket, pointer="/ticket")

    it.status = status.value
    it.ticket = _sealed(ctx, it.id, "ticket", said)
    it.passed_by, it.passed_at = ctx.actor.id, ctx.now()

    record(ctx, HelpPassedOn(subject=it.id, organisation=it.organisation_id))
    return it


def end(ctx: Context, request_id: UUID, *, outcome: str) -> HelpRequest:
    """End it, with what came of it, which whoever asked here is told; raises NotSorted, HelpOver, and Invalid at `/outcome`."""
    it = _held(ctx, request_id)
    status = rules.after(it.status, Step.END)
    said = text.prose(outcome, pointer="/outcome", limit=ctx.the(Policy).support.words_most)

    it.status = status.value
    it.outcome = _sealed(ctx, it.id, "outcome", said)
    it.ended_by, it.ended_at = ctx.actor.id, ctx.now()

    record(ctx, HelpEnded(subject=it.id, organisation=it.organisation_id))
    _tell(ctx, it)
    return it


def name_contact(ctx: Context, person_id: UUID, *, ends_on: date | None = None) -> SupportContact:
    """Name a member of the hub who passes requests on to the supplier, until the end of a last day if one is given.

    Whose last day is over can be named again. Raises NamedAlready, and Invalid at `/person_id` and `/ends_on`.
    """
    require(ctx, Permission.HELP_NAME)
    if person_id not in {each.id for each in who_can_be_named(ctx)}:
        raise Invalid.at("/person_id", "Choose a member of the hub.")
    if ends_on is not None and ends_on < london_date(ctx.now()):
        raise Invalid.at("/ends_on", "Enter today or a later day, or none.")

    past = queries.past_contact(ctx, person_id)
    if past is not None:
        _end(ctx, past)
        ctx.session.flush()
    contact = SupportContact(
        id=ctx.new_id(), person_id=person_id, named_by=ctx.actor.id, named_at=ctx.now(), ends_on=ends_on
    )
    ctx.session.add(contact)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONCE):
            raise NamedAlready() from problem
        raise

    record(ctx, SupportContactNamed(subject=contact.id, person=person_id))
    return contact


def end_contact(ctx: Context, contact_id: UUID) -> None:
    """Somebody is no support contact from now on, or was none since their last day; raises NotFound."""
    require(ctx, Permission.HELP_NAME)
    wanted = select(SupportContact).where(SupportContact.id == contact_id, SupportContact.ended_at.is_(None))
    contact = ctx.session.scalars(wanted.with_for_update()).one_or_none()
    if contact is None:
        raise NotFound()

    _end(ctx, contact)


def who_can_be_named(ctx: Context) -> Any:
    """Those who handle requests for help, and so can be named to pass one on."""
    return those_with.hub_wide(ctx, Permission.HELP_HANDLE)


def _end(ctx: Context, contact: SupportContact) -> None:
    """Take somebody off the list, who ended with their last day where that is over."""
    ended = ctx.now() if contact.ends_on is None else min(ctx.now(), end_of(contact.ends_on))
    contact.ended_by, contact.ended_at = ctx.actor.id, ended

    record(ctx, SupportContactEnded(subject=contact.id, person=contact.person_id))


def _logged(
    ctx: Context,
    about: str,
    words: str,
    check: str,
    *,
    person_id: UUID | None = None,
    organisation_id: UUID | None = None,
    who: str | None = None,
) -> HelpRequest:
    policy, today, new_id = ctx.the(Policy), london_date(ctx.now()), ctx.new_id()
    if about not in policy.help_subjects:
        raise Invalid.at("/about", f"Choose one of these: {', '.join(policy.help_subjects)}.")
    said = text.prose(words, pointer="/words", limit=policy.support.words_most)
    it = HelpRequest(
        id=new_id,
        year=today.year,
        number=next_number(ctx, HelpRequest.number, HelpRequest.year, today.year),
        person_id=person_id,
        organisation_id=organisation_id,
        caller=_sealed(ctx, new_id, "caller", who) if who is not None else None,
        verified_by=check,
        about=about,
        words=_sealed(ctx, new_id, "words", said),
        status=Status.ASKED.value,
        asked_at=ctx.now(),
        taken_by=ctx.actor.id,
        answer_by=rules.answer_by(today, policy.support.answer_working_days, policy.calendar),
    )
    ctx.session.add(it)

    record(ctx, HelpAsked(subject=it.id, organisation=organisation_id, about=about, check=check))
    return it


def _held(ctx: Context, request_id: UUID) -> HelpRequest:
    it = queries.visible(ctx, request_id, lock=True)
    require(ctx, Permission.HELP_HANDLE)
    return it


def _sealed(ctx: Context, request_id: UUID, column: str, said: str) -> bytes:
    return ctx.the(KeyRing).seal(said.encode(), place=f"help_requests.{column}:{request_id}")


def _tell(ctx: Context, it: HelpRequest) -> None:
    """Whoever asked here is told that there is an answer; it stands here and not in the letter."""
    person = ctx.session.get(Person, it.person_id) if it.person_id is not None else None
    if person is None or person.closed_at is not None:
        return
    write(
        ctx, "help_ended", to=person.email, person_id=person.id, once=f"help_ended:{it.id}", name=person.full_name,
        number=rules.called(it.year, it.number), page=f"{ctx.house.settings.base_url}/help/{it.id}",
    )  # fmt: skip
