"""The checklist that must be complete before a licence is given, and stays so while it lives (LIC-1, LIC-13, OP 6.1).

An item says whether it is met; if not, what is missing, what to do, and who can do it; if it is, until when
without anybody doing anything. What an organisation brings and what a person brings are answered apart, so
that thousands of people can be answered on one look at their organisations.

A policy past its review date fails a new licence at once and an existing one after its days of grace (SIG-11):
`checklist` is for the first, `still_holds` for the second.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from uuid import UUID

from compliance.identity import addresses
from compliance.identity.models import Person
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from policies.values import Policy
from signatories.facts import OrganisationFacts, standings
from signatories.rules import InstrumentCell, State

from . import facts
from .facts import Qualified
from .models import Licence
from .rules import Checklist, Item

_INSTRUMENTS = {"isa": "the Information Sharing Agreement", "op": "the Operating Protocol"}
_POLICIES = {"safeguarding": "safeguarding", "data_protection": "data protection"}
_TRAINING = {"case-system": "the case system's training", "elearning": "access to the MARAC eLearning"}
_CONTACTS = {
    "primary": "primary licence holder",
    "delegate": "approved delegate",
    "escalation": "senior escalation contact",
}

_NOT_SIGNED = {
    State.UNSIGNED: "has not signed {it}. Its authorised signatory opens the version in force and signs it.",
    State.LAPSED: "signed an earlier version of {it}. Its authorised signatory opens the version in force and signs it.",
    State.REFUSED: "has refused to sign {it}. Its authorised signatory can sign it after all.",
    State.WITHDRAWN: "has withdrawn from {it}. Its authorised signatory signs the version in force to come back.",
}


def checklist(
    ctx: Context, person: Person, organisation_id: UUID, *, at: datetime | None = None, known: datetime | None = None
) -> Checklist:
    """Every item for a licence that is to be given; of a past instant, as it was known then or at a later one."""
    return _answer(ctx, person, organisation_id, at or ctx.now(), given=False, known=known or at)


def still_holds(ctx: Context, person: Person, organisation_id: UUID, *, at: datetime | None = None) -> Checklist:
    """Every item for a licence that was given, with its days of grace."""
    return _answer(ctx, person, organisation_id, at or ctx.now(), given=True)


def still_hold(ctx: Context, licences: Sequence[Licence], *, given: bool = True) -> dict[UUID, Checklist]:
    """`still_holds`, or `checklist` where not `given` yet, for several licences now, on one look at the registers."""
    at, policy = ctx.now(), ctx.the(Policy)
    organisations = _organisations(ctx, {licence.organisation_id for licence in licences}, at)
    people = facts.qualified(ctx.session, {licence.person_id for licence in licences})
    brought = {one: of_organisation(found, policy, at, given=given) for one, found in organisations.items()}

    answers = {}
    for licence in licences:
        organisation = organisations[licence.organisation_id]
        own = of_person(people[licence.person_id], licence.person.email, organisation, policy, at)
        answers[licence.id] = Checklist(brought[organisation.id] + own)
    return answers


def of_organisation(organisation: OrganisationFacts, policy: Policy, at: datetime, *, given: bool) -> tuple[Item, ...]:
    """What the organisation brings: its signatures, policies and key contacts; `given` counts the days of grace."""
    instruments = [
        _instrument(code, organisation.instruments[code]) for code in policy.signatories.required_instruments
    ]
    grace = timedelta(days=policy.licences.policy_grace_days if given else 0)
    policies = [_policy(kind, organisation, grace, at) for kind in policy.licences.required_policies]
    contacts = [_contact(kind, organisation) for kind in policy.licences.required_contacts]
    return (*instruments, *policies, *contacts)


def of_person(
    brings: Qualified, email: str, organisation: OrganisationFacts, policy: Policy, at: datetime
) -> tuple[Item, ...]:
    """What the person brings: training, an official address, and vetting."""
    today = london_date(at)
    training = [
        _training(module, module in brings.training, brings.training.get(module), today)
        for module in policy.licences.required_training
    ]
    address = _email(official(email, organisation.domains, policy))
    return (*training, address, _vetting(brings.vetted_until, today))


def official(email: str, domains: Collection[str], policy: Policy) -> bool:
    """Whether a normalised address is at one of these domains, itself, and not at a personal provider (LIC-2).

    A sub-domain counts when it is registered as well: that a name ends alike says nothing about whose it is.
    """
    domain = addresses.domain_of(email)
    return domain in domains and domain not in policy.personal_email_providers


def outside(ctx: Context, organisation_id: UUID) -> bool:
    """Whether the organisation has withdrawn from a required instrument and not come back (SIG-6, SIG-9)."""
    return _organisations(ctx, {organisation_id}, ctx.now())[organisation_id].withdrawn


def signatories(ctx: Context, organisation_ids: Collection[UUID]) -> set[UUID]:
    """Those of these organisations whose signature of every required instrument is in force now."""
    found = _organisations(ctx, organisation_ids, ctx.now())
    return {one for one, organisation in found.items() if organisation.signatory}


def failing_organisations(ctx: Context) -> set[UUID]:
    """The organisations that no longer bring what a licence that was given stands on (LIC-13)."""
    at, policy = ctx.now(), ctx.the(Policy)
    found = standings(ctx.session, at, policy=policy)
    return {
        one
        for one, organisation in found.items()
        if not all(item.met for item in of_organisation(organisation, policy, at, given=True))
    }


def _answer(
    ctx: Context,
    person: Person,
    organisation_id: UUID,
    at: datetime,
    *,
    given: bool,
    known: datetime | None = None,
) -> Checklist:
    policy = ctx.the(Policy)
    organisation = _organisations(ctx, {organisation_id}, at, known)[organisation_id]
    brings = facts.qualified(ctx.session, {person.id})[person.id]
    return Checklist(
        of_organisation(organisation, policy, at, given=given)
        + of_person(brings, person.email, organisation, policy, at)
    )


def _organisations(
    ctx: Context, ids: Collection[UUID], at: datetime, known: datetime | None = None
) -> dict[UUID, OrganisationFacts]:
    if not ids:
        return {}
    return standings(ctx.session, at, ids, policy=ctx.the(Policy), known=known)


def _instrument(code: str, cell: InstrumentCell) -> Item:
    it = _INSTRUMENTS.get(code, f"the instrument {code}")
    if cell.in_force:
        says = f"Signed {it}, version {cell.version}."
        return Item(code, True, says, "LIC-1", "OP 6.1", cell.until)
    says = "The organisation " + _NOT_SIGNED[cell.state].format(it=it)
    return Item(code, False, says, cell.rule or "LIC-1", "OP 6.1")


def _policy(kind: str, organisation: OrganisationFacts, grace: timedelta, at: datetime) -> Item:
    code, called = f"policy.{kind}", _POLICIES.get(kind, kind)
    review_on = organisation.policies.get(kind)
    mend = f"The organisation sends its current {called} policy to the MARAC Hub Team, which records it."
    if review_on is None:
        return Item(code, False, f"No {called} policy is recorded. {mend}", "SIG-11", "OP 6.1")
    until = end_of(review_on + grace)
    if at >= until:
        return Item(code, False, f"The {called} policy is past its review date. {mend}", "SIG-11", "OP 6.1")
    if at >= end_of(review_on):
        return Item(
            code, True, f"The {called} policy is past its review date, in its days of grace. {mend}",
            "SIG-11", "OP 6.1", until,
        )  # fmt: skip
    return Item(code, True, f"The {called} policy is current.", "SIG-11", "OP 6.1", until)


def _contact(kind: str, organisation: OrganisationFacts) -> Item:
    code, called = f"contact.{kind}", _CONTACTS.get(kind, kind)
    if kind in organisation.contacts:
        return Item(code, True, f"The hub knows the {called}.", "LIC-10", "OP 6.1, 6.5")
    says = f"The hub has no {called} of the organisation. The organisation's delegate or the MARAC Hub Team names one."
    return Item(code, False, says, "LIC-10", "OP 6.1, 6.5")


# Thousands of people share the same few answers, so each is worded once.


@lru_cache(maxsize=4096)
def _training(module: str, recorded: bool, last_day: date | None, today: date) -> Item:
    code, called = f"training.{module}", _TRAINING.get(module, f"the module {module}")
    mend = "Ask the MARAC Hub Team for it; the hub records it when it is done."
    if not recorded:
        return Item(code, False, f"The person does not have {called}. {mend}", "LIC-1", "OP 6.1")
    if last_day is None:
        return Item(code, True, f"The person has {called}.", "LIC-1", "OP 6.1")
    if last_day < today:
        return Item(code, False, f"What the person has of {called} no longer counts. {mend}", "LIC-1", "OP 6.1")
    return Item(code, True, f"The person has {called}.", "LIC-1", "OP 6.1", end_of(last_day))


@cache
def _email(is_official: bool) -> Item:
    if is_official:
        return Item("email", True, "The address is at a domain of the organisation.", "LIC-2", "OP 6.1")
    says = (
        "The person's address is not at a registered domain of the organisation. "
        "Ask for a licence under an official address, or ask the MARAC Hub Team to register the domain."
    )
    return Item("email", False, says, "LIC-2", "OP 6.1")


@lru_cache(maxsize=4096)
def _vetting(last_day: date | None, today: date) -> Item:
    mend = "The organisation vets the person and tells the MARAC Hub Team, which records it."
    if last_day is None:
        return Item("vetting", False, f"No vetting is recorded. {mend}", "LIC-1", "OP 6.1")
    if last_day < today:
        return Item("vetting", False, f"The vetting has run out. {mend}", "LIC-1", "OP 6.1")
    return Item("vetting", True, "The vetting is recorded and in date.", "LIC-1", "OP 6.1", end_of(last_day))
