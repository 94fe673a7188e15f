"""The story the demo opens on: Kent and Medway's register a year and a half in, with made-up people.

Every step goes through the use cases, by the person who would take it, at the time it would have happened, so
that the registers, the log and the rules agree with one another as they would in service.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask

from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.kernel.context import Origin
from compliance.licences import use_cases as licences
from compliance.licences.rules import EndReason, Kind, RefusedFor, Suspension
from compliance.licences.seed import load_contract
from compliance.notices.ways import Post
from compliance.sharing.statement import use_cases as statement
from policies.values import Policy
from signatories import queries as register
from signatories import use_cases as signatories
from signatories.seed import load_register

from . import (
    demo_accesses,
    demo_accountability,
    demo_audits,
    demo_breaches,
    demo_case_system,
    demo_complaints,
    demo_data_breaches,
    demo_exceptions,
    demo_facts,
    demo_flags,
    demo_help,
    demo_outages,
    demo_reading,
    demo_registers,
    demo_retention,
    demo_sharing,
    demo_signing,
    demo_training,
)
from .demo_names import local
from .demo_signing import DOCUMENTS, REFUSES, WITHDRAWS, days_before, signed_by
from .demo_stage import ADDRESS, Somebody, Stage, a_password
from .demo_told import Told, told

ISA_CHECK_DUE = ("new-leaf", "dover")
AT_WORK = ("Casey Winterbourne", "Wilfred Marrow", "Hollis Rookwood", "Linnet Ferrow", "Petra Holloway")


def tell(app: Flask, say: Callable[[str], None]) -> Told:
    """Play the whole story in an empty house; gives what `var/demo.json` holds."""
    house = house_of(app)
    kept_clock, kept_post = house.clock, house.the(Post)
    with app.app_context():
        try:
            return _play(Stage(house, datetime.now(UTC).replace(microsecond=0)), say)
        finally:
            house.clock = kept_clock
            house.fixtures[Post] = kept_post


def _play(stage: Stage, say: Callable[[str], None]) -> Told:
    say("The register, as the protocol starts it")
    stage.at(590)
    with stage.as_operator() as ctx:
        load_register(ctx)
        load_contract(ctx)
        statement.begin(ctx)
    first = _first_hub(stage, say)
    versions = demo_signing.partners_sign(stage, first["hub_supervisor"], say)
    say("The instruments are reviewed, as the protocol asks")
    demo_registers.hold_reviews(stage, first["hub_manager"])
    stage.at(100)
    _license(stage, first, "Lowen Tideswell", "swale", ["mid-kent"]).refused_by = "IDN-2"
    with stage.as_operator() as ctx:
        known = demo_case_system.registered(ctx, demo_case_system.beside(stage.house.settings.base_url))
    stage.at(70)
    demo_accesses.ordinary_weeks(stage, known["id"], [stage.people[-1], *first.values()], days=28)
    hub = _hub(stage, versions["op"], say)
    time = demo_retention.begins(stage, known["id"], hub["hub_supervisor"], say)
    partners = _partners_answer(stage, say)
    _licences(stage, hub, partners, time, say)
    _registers_in_full(stage, hub, say)
    _things_go_wrong(stage, hub, partners, say)
    say("The case system tells what was done in it, these four weeks")
    at_work = [each for each in stage.people if each.full_name in AT_WORK]
    demo_accesses.ordinary_weeks(stage, known["id"], at_work, days=28)
    demo_audits.a_quarter_is_audited(stage, stage.the("ig_officer"))
    demo_training.people_learn(stage, hub["hub_coordinator"], at_work)
    say("It counts who takes part, and the pack of the last quarter is issued")
    demo_facts.a_year_is_counted(stage, known["id"])
    demo_facts.months_are_counted(stage)
    demo_facts.the_pack_is_issued(stage, hub["hub_manager"])
    say("Three ask the hub for help")
    demo_help.people_ask_for_help(stage, hub, at_work[-1])
    say("Today's pack for an outage is made, and opened as a test")
    demo_outages.the_pack_is_made(stage, hub["hub_coordinator"])
    stage.post_goes()
    return told(stage, known)


def _first_hub(stage: Stage, say: Callable[[str], None]) -> dict[str, Somebody]:
    """Those who began it, and have moved on since: their passwords have expired (IDN-2)."""
    say("The hub team as it began")
    stage.at(589)
    hub = _hub_team(
        stage, hub_manager="Perrin Oldacre", hub_supervisor="Quilla Netherby", hub_coordinator="Jasper Thistledown"
    )
    for person in hub.values():
        person.refused_by = "IDN-2"
    return hub


def _hub(stage: Stage, protocol: UUID, say: Callable[[str], None]) -> dict[str, Somebody]:
    say("The hub team of today, information governance, the steering group")
    stage.at(40)
    hub = _hub_team(
        stage, hub_manager="Morgan Ashdown", hub_supervisor="Rowan Fairlight", hub_coordinator="Casey Winterbourne"
    )
    stage.joins("Imogen Quillfeather", "imogen.quillfeather@information-governance.example", "ig_officer")
    stage.joins("Stellan Marshwood", "stellan.marshwood@steering-group.example", "steering_member")
    stage.joins("Everard Chalkhill", "everard.chalkhill@executive-group.example", "executive_chair")
    with stage.as_(hub["hub_manager"]) as ctx:
        signatories.refuse_to_sign(
            ctx, register.organisation_by_code(ctx, REFUSES).id, protocol,
            reasons="Our board will not sign until our own data-protection review is finished.",
        )  # fmt: skip
    with stage.as_(hub["hub_supervisor"]) as ctx:
        for partner in register.facts(ctx).values():
            if signed_by(partner.code) and partner.code not in ISA_CHECK_DUE:
                signatories.record_isa_check(ctx, partner.id, found=True)
    return hub


def _hub_team(stage: Stage, **names: str) -> dict[str, Somebody]:
    return {
        role: stage.joins(name, f"{local(name)}@kent-police.example", role, "kent-police", hub_team=True)
        for role, name in names.items()
    }


def _partners_answer(stage: Stage, say: Callable[[str], None]) -> dict[str, Somebody]:
    say("Partners' own people get their accounts")
    stage.at(35)
    return {
        key: stage.joins(name, f"{local(name)}@{domain}", role, organisation)
        for key, name, domain, role, organisation in (
            ("signatory", "Tamsin Harbourne", "moat.example", "authorised_signatory", "moat"),
            ("swale_signatory", "Idris Penhallow", "swale-council.example", "authorised_signatory", "swale"),
            ("delegate", "Orla Stonecrop", "swale-council.example", "delegate", "swale"),
            ("escalation", "Barnaby Wick", "swale-council.example", "escalation_contact", "swale"),
            ("leaving_signatory", "Cressida Vane", "southern-housing.example", "authorised_signatory", WITHDRAWS),
        )
    }


def _licences(
    stage: Stage, hub: dict[str, Somebody], partners: dict[str, Somebody], time: Any, say: Callable[[str], None]
) -> None:
    say("Licences: requested, approved, active, suspended, ended")
    everywhere = ["north-kent", "east-kent", "west-kent", "south-east-kent", "mid-kent", "medway"]
    coordinator, supervisor = hub["hub_coordinator"], hub["hub_supervisor"]
    for role, asks, decides in (
        ("hub_manager", coordinator, supervisor),
        ("hub_supervisor", coordinator, hub["hub_manager"]),
        ("hub_coordinator", supervisor, hub["hub_manager"]),
    ):
        _license(
            stage, hub, hub[role].full_name, "kent-police", everywhere, asks=asks, decides=decides, known=hub[role]
        )
    stage.at(30)
    delegate = partners["delegate"]
    risen = demo_complaints.partners_disagree(stage, delegate, coordinator)
    time.goes_on()
    looks = _license(stage, hub, "Wilfred Marrow", "swale", ["mid-kent"], asks=delegate)
    too = _license(stage, hub, "Sabine Thorley", "medway-adult-social-care", ["medway"])
    _license(stage, hub, "Hollis Rookwood", "kent-integrated-childrens-services", ["east-kent", "south-east-kent"])
    _license(stage, hub, "Linnet Ferrow", "kmpt", ["north-kent", "west-kent"])
    _license(stage, hub, "Caspian Dole", WITHDRAWS, ["east-kent"])
    _license(
        stage, hub, "Petra Holloway", "clarion", ["mid-kent"], kind=Kind.BY_INVITE, cases=("KM-2026-0412",),
        ends_on=days_before(stage, -90),
    )  # fmt: skip
    resting = _license(stage, hub, "Jory Peverell", "swale", ["mid-kent"], asks=delegate)
    leaver = _license(stage, hub, "Maud Kestrel", "swale", ["mid-kent"], asks=delegate)
    _license(stage, hub, "Anselm Reedy", "swale", ["mid-kent"], asks=delegate, enrols=False)
    stage.at(20)
    demo_complaints.one_comes_to_directors(stage, risen)
    time.is_told()
    demo_breaches.one_is_resolved(stage, coordinator, delegate, stage.organisation_id("swale"))
    with stage.as_(hub["hub_manager"]) as ctx:
        licences.suspend(ctx, _given(resting), reason=Suspension.LEAVE)
        licences.deactivate(ctx, _given(leaver), reason=EndReason.LEAVER)
    escalated = demo_accountability.some_do_not_take_part(stage, delegate)
    say("Two accesses are asked about: one is explained, one is overdue")
    demo_flags.accesses_are_asked_about(stage, too, looks)
    say("Two cases are opened for emergency MARACs, and somebody is kept from a case")
    demo_exceptions.a_case_is_opened(stage, hub["hub_supervisor"], too)
    stage.at(3)
    demo_accountability.it_goes_on(stage, escalated, coordinator)
    time.ends()
    demo_exceptions.another_waits(stage, hub, looks)
    demo_flags.a_concern_is_reported(stage, delegate, looks)
    demo_breaches.one_waits(stage, coordinator, delegate, stage.organisation_id("swale"))
    demo_breaches.one_is_reported(stage, delegate)
    demo_sharing.information_is_shared(stage, delegate, coordinator, hub["hub_manager"])
    waiting, _, refused = (
        _request(stage, name, "swale", ["mid-kent"], delegate, _with_an_account(stage, name))
        for name in ("Verity Longshore", "Osric Bramble", "Hebe Millrace")
    )
    _prepare(stage, coordinator, waiting.id)
    with stage.as_(hub["hub_manager"]) as ctx:
        licences.refuse(
            ctx,
            _given(refused),
            reason="Asked for twice: the team has a licence for this post already.",
            refused_for=RefusedFor.NOT_NEEDED,
        )


def _with_an_account(stage: Stage, full_name: str) -> Somebody:
    return stage.joins(full_name, f"{local(full_name)}@swale-council.example", "licence_holder", "swale")


def _registers_in_full(stage: Stage, hub: dict[str, Somebody], say: Callable[[str], None]) -> None:
    say("Three people share a seat; an entry is doubted; a partner announces that it will leave")
    desk = [
        _license(stage, hub, name, "kcc-adult-social-care", ["east-kent", "mid-kent"])
        for name in ("Rosalind Quay", "Merrick Sallow", "Odette Brackwater")
    ]
    demo_registers.share_a_seat(stage, hub["hub_manager"], desk)
    demo_registers.let_rest_unused(stage, hub["hub_manager"])
    demo_registers.doubt_an_entry(stage, officer := stage.the("ig_officer"))
    demo_reading.keep_searches(stage, officer)
    demo_data_breaches.one_is_told(stage, hub["hub_manager"], officer)
    demo_registers.announce_a_withdrawal(stage, hub["hub_manager"])


def _things_go_wrong(
    stage: Stage, hub: dict[str, Somebody], partners: dict[str, Somebody], say: Callable[[str], None]
) -> None:
    say("One partner withdraws; somebody forgets a password ten times")
    stage.at(2)
    leaving = partners["leaving_signatory"]
    with stage.as_(leaving) as ctx:
        signatories.withdraw(
            ctx, stage.organisation_id(WITHDRAWS), instruments=["isa", "op"], letter_name="withdrawal-letter.pdf",
            letter=(DOCUMENTS / "withdrawal-letter.pdf").read_bytes(), letter_on=days_before(stage, 1),
            reasons="Our service in the area closes at the end of the month.", acknowledged_by=leaving.full_name,
        )  # fmt: skip
    forgetful = _license(stage, hub, "Thaddeus Brook", "sateda", ["mid-kent", "medway"])
    forgetful.refused_by = "IDN-4"
    stage.at(1)
    _two_people(stage, hub, say)
    say("The case system was down for some hours; half of what was taken by hand is written up")
    demo_outages.the_case_system_was_down(stage, hub)
    for _ in range(stage.house.the(Policy).sign_in.failures_to_lock):
        identity.sign_in(stage.house, Origin(ADDRESS), email=forgetful.email, password=a_password())
    stage.at(0)


def _two_people(stage: Stage, hub: dict[str, Somebody], say: Callable[[str], None]) -> None:
    say("The manager asks for a role that takes two people; it waits for the second")
    with stage.as_(hub["hub_manager"]) as ctx:
        identity.grant_role(
            ctx, hub["hub_coordinator"].id, role="hub_supervisor", ends_on=days_before(stage, -90),
            reason="Deputises while the supervisor is on leave.",
        )  # fmt: skip


def _license(
    stage: Stage, hub: dict[str, Somebody], full_name: str, organisation: str, areas: list[str], *,
    asks: Somebody | None = None, decides: Somebody | None = None, enrols: bool = True, known: Somebody | None = None,
    **more: Any,
) -> Somebody:  # fmt: skip
    """Somebody asks, the checklist is made complete, the hub approves, the holder answers the link."""
    coordinator = hub["hub_coordinator"]
    person = _request(stage, full_name, organisation, areas, asks or coordinator, known, **more)
    _prepare(stage, coordinator if person is not coordinator else hub["hub_supervisor"], person.id)
    decider = decides or (hub["hub_manager"] if (asks or coordinator) is not hub["hub_manager"] else coordinator)
    with stage.as_(decider) as ctx:
        approved = licences.approve(ctx, _given(person))
    if approved.link_sent_to is not None:
        stage.answers(person, enrols=enrols)
    return person


def _request(
    stage: Stage, full_name: str, organisation: str, areas: list[str], asks: Somebody, known: Somebody | None = None,
    **more: Any,
) -> Somebody:  # fmt: skip
    with stage.as_(asks) as ctx:
        partner = register.organisation_by_code(ctx, organisation)
        email = known.email if known else f"{local(full_name)}@{partner.domains[0].domain}"
        licence = licences.request(
            ctx, organisation_id=partner.id, full_name=full_name, email=email, areas=areas,
            reason="Researches and attends for the team.", **more,
        )  # fmt: skip
        person = known or Somebody(licence.person_id, full_name, email, "licence_holder", organisation)
        person.licence, person.areas = licence.id, areas
    if known is None:
        stage.people.append(person)
    return person


def _prepare(stage: Stage, coordinator: Somebody, person: UUID) -> None:
    """Training done, eLearning open, vetting in date: what the checklist asks of a person."""
    with stage.as_(coordinator) as ctx:
        for module in ctx.the(Policy).licences.required_training:
            licences.record_training(ctx, person, module=module, done_on=days_before(stage, 5))
        licences.record_vetting(ctx, person, level="NPPV 2", holds_until=days_before(stage, -700))


def _given(person: Somebody) -> UUID:
    if person.licence is None:
        raise ValueError(f"{person.full_name} has asked for no licence")
    return person.licence
