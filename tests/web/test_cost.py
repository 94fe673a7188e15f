"""What a page costs the store: every page, as each who uses it sees it, in no more than twelve statements."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from compliance.accesses.audits import use_cases as access_audits
from compliance.accesses.flags import use_cases as flags
from compliance.app import house_of
from compliance.identity.models import Passkey, RoleHeld, SignIn
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.licences.models import Licence
from compliance.licences.quarterly import use_cases as use
from compliance.licences.rules import Kind, Status
from compliance.web.doors import PAGES
from signatories import use_cases as signatories
from signatories.models import InstrumentVersion, KeyContact, Organisation, Signature, Withdrawal
from tests.builders.accesses import Q2, Q3, an_audit, reported
from tests.builders.flags import a_concern
from tests.builders.identity import a_link, a_person, accepted, an_account, at_work, every, half_open
from tests.builders.identity import someone as someone_at_work
from tests.builders.licences import a_licence, acting, an_organisation, seats, withdraw
from tests.builders.reading import comes_to_read
from tests.builders.roles import grant
from tests.builders.rotas import SATURDAY, SUNDAY, a_rota, a_turn
from tests.builders.second_factors import Device, an_account_by_passkey, named, signed_in_by_passkey
from tests.builders.signatories import a_pdf, a_version
from tests.web import walks, walks_of_groups
from tests.web.conftest import Comes, Visitor
from tests.web.walking import Walk, a_policy_with_its_file, beside_the_rule, challenged, licences_of


@pytest.fixture
def hub(sqlite_app: Flask) -> House:
    """A hub in the middle of its work: of everything there are several, so that asking once for each would show."""
    house = named(house_of(sqlite_app))
    seats(house, standing=50, by_invite=50)
    partners = [an_organisation(house, code) for code in ("swale", "thanet", "ashford", "dover", "maidstone")]
    number = count()
    for organisation_id, code in zip(partners, ("swale", "thanet", "ashford"), strict=False):
        for status in Status:
            a_licence(house, organisation_id, f"p{next(number)}@{code}.gov.uk", status=status)
        for _ in range(2):
            email = f"p{next(number)}@{code}.gov.uk"
            a_licence(house, organisation_id, email, kind=Kind.BY_INVITE, cases=("C-1", "C-2"))
    for organisation_id in partners[3:]:
        withdraw(house, organisation_id)
    with acting(house) as ctx:
        signatories.record_isa_check(ctx, partners[0], found=True, source="The partnership’s list")
    a_version(house, "op", "2", effective_on=date(2026, 12, 1), resign_by=date(2027, 1, 31))
    return house


def test_every_page_asks_the_store_twelve_times_or_fewer(hub: House, sqlite_app: Flask, comes: Comes) -> None:
    walk = Walk(hub, sqlite_app)
    organisations = {row.code: row.id for row in every(hub, Organisation)}
    swale, gone = organisations["swale"], organisations["dover"]
    coming = next(version.id for version in every(hub, InstrumentVersion) if version.label == "2")
    withdrawal = every(hub, Withdrawal)[0].id
    signature = next(each.id for each in every(hub, Signature) if each.organisation_id == swale)
    policy = a_policy_with_its_file(hub, swale)
    contact = next(each.id for each in every(hub, KeyContact) if each.organisation_id == swale)
    licences = licences_of(hub, swale)
    doubted, entry = challenged(hub, swale)
    with acting(hub) as ctx:
        exempt = use.exempt(ctx, licences[Status.ACTIVE], reason="Long leave", ends_on=date(2027, 3, 31)).id

    shared = [a_licence(hub, swale, f"{name}@swale.gov.uk") for name in ("one", "two")]
    rota = a_rota(hub, swale, [a_turn(shared[0], SATURDAY), a_turn(shared[1], SUNDAY)]).id
    glass, over, apart = beside_the_rule(hub, shared[0].person_id)
    manager = comes("hub_manager", full_name="Mo Hub")
    someone = a_person(hub, "delegate", organisation_id=swale)
    role = next(row for row in every(hub, RoleHeld) if row.person_id == someone.id)
    waits, own = (
        grant(hub, who, a_person(hub, hub_team=True).id, "hub_coordinator")
        for who in (someone_at_work(hub, "hub_manager"), at_work(hub, manager.account.person))
    )
    manager.send(
        f"/organisations/{swale}/withdrawal",
        {"instruments": ["isa", "op"], "reasons": "We leave.", "letter": (io.BytesIO(a_pdf()), "letter.pdf")}
        | {"letter_on-day": "21", "letter_on-month": "11", "letter_on-year": "2026"},
    )
    walk.open(
        "the hub manager",
        manager,
        "/proposals",
        *(f"/proposals/{waits.id}{step}" for step in ("", "/approval", "/refusal")),
        f"/proposals/{own.id}/return",
        "/",
        "/account",
        "/account/sessions",
        "/account/password",
        "/register",
        "/register?search=a&area=mid-kent&state=signed&as_at-day=20&as_at-month=11&as_at-year=2026&sort=-signed_at",
        "/register?isa_due=yes",
        "/register/export.csv",
        "/register/export.xlsx",
        "/register/export.json",
        f"/organisations/{swale}",
        f"/organisations/{gone}",
        f"/organisations/{swale}/evidence",
        f"/organisations/{swale}/evidence?as_at-day=21&as_at-month=11&as_at-year=2026",
        f"/organisations/{swale}/evidence/export.xlsx",
        f"/organisations/{swale}/signatures/{signature}/certificate.pdf",
        "/certificates",
        "/certificates/signing.pem",
        *(f"/organisations/{swale}/{form}/new" for form in ("domains", "key-contacts", "policies", "isa-checks")),
        "/break-glass?search=a&state=open&sort=-person",
        "/break-glass/export.csv",
        "/break-glass/new",
        *(f"/break-glass/{glass}{step}" for step in ("", "/end")),
        "/conflicts?search=a&state=keeps_apart&attempted=yes&sort=-person",
        "/conflicts/export.csv",
        "/conflicts/new",
        *(f"/conflicts/{apart}{step}" for step in ("", "/lift")),
        f"/organisations/{swale}/versions/{coming}/refusal",
        f"/organisations/{swale}/versions/{coming}/paper-signature",
        f"/organisations/{swale}/withdrawal",
        f"/organisations/{swale}/withdrawal/when",
        f"/organisations/{swale}/withdrawal/check",
        "/register/distribution-lists",
        "/register/distribution-lists/mid-kent?search=a&sort=organisation",
        "/register/distribution-lists/mid-kent/export.csv",
        "/register/information-assets?search=a&sort=owner",
        "/register/information-assets/export.csv",
        "/licences/rotas",
        "/licences/rotas?search=o&sort=-until",
        "/licences/rotas/export.csv",
        f"/licences/rotas/new?organisation={swale}",
        *(f"/licences/rotas/{rota}{step}" for step in ("", "/turns", f"/members/{shared[1].id}/end", "/end")),
        f"/licences/{shared[0].id}",
        "/register/assurance",
        "/register/assurance?search=a&state=current&sort=-until",
        "/register/assurance/export.csv",
        "/register/instruments",
        "/register/instruments/export.csv",
        f"/register/instruments/versions/{coming}",
        f"/register/instruments/versions/{coming}?who=not_yet&sort=-signed_at",
        f"/register/instruments/versions/{coming}/export.csv",
        f"/register/instruments/versions/{coming}/file",
        "/register/instruments/op/versions/new",
        "/register/isa-checks",
        "/register/isa-checks?all=yes&sort=-checked",
        "/register/isa-checks/export.csv",
        "/register/reviews",
        "/register/reviews/export.csv",
        "/register/reviews/op/2026-04-01",
        f"/organisations/{swale}/policies/{policy}/file",
        f"/organisations/{swale}/key-contacts/{contact}/end",
        "/register/challenges?search=a&state=open&sort=organisation",
        "/register/challenges/export.csv",
        f"/register/entries/signature/{entry}/challenge",
        *(f"/register/challenges/{doubted}{step}" for step in ("", "/upheld", "/dismissed")),
        "/withdrawals",
        "/withdrawals?search=a&sort=people",
        "/withdrawals/export.csv",
        f"/withdrawals/{withdrawal}/letter",
        f"/withdrawals/{withdrawal}/duties",
        f"/withdrawals/{withdrawal}/call-off",
        "/licences",
        "/licences?search=p&area=mid-kent&kind=standing",
        "/licences?sort=used",
        "/licences/export.csv?sort=-organisation",
        "/licences/capacity",
        "/licences/capacity?by=area&area=mid-kent&months=24&sort=-waiting",
        "/licences/capacity/export.json?by=sector",
        "/licences/capacity/what-if?rotas=yes&days=7",
        "/people/export.csv?sort=organisation",
        "/notices?state=failing&search=a&sort=person",
        "/notices/export.csv",
        "/proposals?state=approved&sort=for",
        "/proposals/export.csv",
        "/licences/new",
        "/licences/waiting",
        "/licences/waiting?search=p&area=mid-kent&kind=standing",
        "/licences/waiting/export.csv",
        "/licences/seats/standing",
        "/licences/bulk",
        "/licences/bulk/template.xlsx",
        f"/licences/{licences[Status.REQUESTED]}/waiting",
        f"/licences/{licences[Status.REQUESTED]}/offer",
        f"/licences/{licences[Status.ACTIVE]}/move",
        "/licences/use",
        "/licences/use/2026-Q4",
        "/licences/use/2026-Q4?search=p&verdict=young&sort=-organisation",
        "/licences/use/2026-Q4/export.csv",
        "/licences/use/exemptions",
        "/licences/use/exemptions/export.csv",
        f"/licences/use/exemptions/{exempt}/end",
        f"/licences/{licences[Status.SUSPENDED]}/exemption",
        *(f"/licences/{licence_id}" for licence_id in licences.values()),
        f"/licences/{licences[Status.REQUESTED]}/approval",
        f"/licences/{licences[Status.REQUESTED]}/refusal",
        f"/licences/{licences[Status.ACTIVE]}/suspension",
        f"/licences/{licences[Status.SUSPENDED]}/resumption",
        *(f"/licences/{licences[Status.ACTIVE]}/{step}" for step in ("end", "reallocation", "training", "vetting")),
        "/people",
        f"/people?search=a&organisation={swale}",
        "/people/new",
        f"/people/{someone.id}",
        f"/people/{someone.id}/roles/new",
        f"/people/{someone.id}/roles/{role.id}/end",
        f"/people/{someone.id}/invitation",
        f"/people/{someone.id}/reset",
        f"/people/{someone.id}/sessions/end",
        f"/people/{someone.id}/recovery",
        f"/people/{someone.id}/password-compromised",
        "/notices",
        "/policy",
        "/policy/password.min_length/change",
        "/policy/countries.trusted_proxies/change",
    )
    officer = comes_to_read(comes, full_name="Io Gov")
    concern = a_concern(hub, someone_at_work(hub, "delegate"), person=str(someone.id))
    flag, reviewing = concern.id, at_work(hub, officer.account.person)
    if concern.reviewer_id != reviewing[0].person_id:
        with hub.work(*reviewing) as ctx:
            flags.hand_over(ctx, flag, reviewing[0].person_id)
    walk.open(
        "the information governance officer",
        officer,
        "/",
        "/audit",
        "/audit?who=p1&event=licence.&outcome=done&reference=C-1&organisation=" + str(swale)
        + "&since-day=1&since-month=11&since-year=2026&until-day=30&until-month=11&until-year=2026"
        + "&since_at=9am&until_at=5pm&address=127.0.0.1",
        "/audit/3",
        "/break-glass",
        *(f"/break-glass/{over}{step}" for step in ("", "/review")),
        f"/conflicts/{apart}",
        "/audit/purpose",
        "/audit/searches",
        "/audit/searches/new?outcome=done&organisation=" + str(swale),
        "/audit/people?who=p",
        f"/audit/people/{someone.id}/day",
        f"/audit/people/{someone.id}/day?on=2026-11-21&what=decided",
        f"/audit/people/{someone.id}/day/export.csv?on=2026-11-21",
        "/audit/references?reference=C-1&search=p&sort=-person",
        "/audit/references/export.csv?reference=C-1",
        *(f"/audit/export.{form}?event=role.granted" for form in ("csv", "xlsx", "ndjson")),
        "/flags?search=a&which=all&rule=concern&sort=-person",
        "/flags/export.csv",
        "/flags/rules?rule=concern",
        "/flags/rules/export.csv",
        *(f"/flags/{flag}{step}" for step in ("", "/review", "/reviewer")),
        "/concerns/new",
        "/concerns?state=waits&search=C",
        "/concerns/export.csv",
    )  # fmt: skip
    _the_access_audits(walk, comes, swale)
    for room in (*walks.ROOMS, *walks_of_groups.ROOMS):
        room(walk, comes, swale)
    for partner in ("authorised_signatory", "delegate", "escalation_contact"):
        walk.open(
            partner, comes(partner, organisation_id=swale), "/", "/account", "/register", f"/organisations/{swale}"
        )
    walk.open(
        "a delegate", comes("delegate", organisation_id=swale), "/licences", f"/licences/{licences[Status.ACTIVE]}"
    )
    signer = comes("authorised_signatory", organisation_id=swale)
    page = f"/organisations/{swale}/versions/{coming}"
    walk.open("an authorised signatory", signer, page, f"{page}/file", page, f"{page}/signature", f"{page}/refusal")
    for role_name in ("steering_member", "executive_chair", "hub_supervisor", "hub_coordinator"):
        walk.open(role_name, comes(role_name), "/", "/register")

    _on_the_way_in(walk, sqlite_app)
    _the_second_step(walk, sqlite_app)

    assert not walk.too_dear, "\n\n".join(walk.too_dear)
    never = _pages(sqlite_app) - walk.opened
    assert not never, f"open these pages here too, as whoever uses them: {', '.join(sorted(never))}"


def _the_access_audits(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """The audits of two quarters: people in them, findings, and something reported late."""
    people = [each.person_id for each in every(walk.house, Licence) if each.organisation_id == organisation_id]
    _, audit = (an_audit(walk.house, organisation_id, *people, quarter=quarter) for quarter in (Q2, Q3))
    for person in people[:3]:
        reported(walk.house, person, datetime(2026, 9, 1, 12, tzinfo=UTC))
    for finder in ("ig_officer", "ig_officer"):
        with walk.house.work(*someone_at_work(walk.house, finder)) as ctx:
            access_audits.find(ctx, audit, kind="training", words="Show them.", person_id=people[0])
    here = f"/access-audits/{audit}"
    walk.open(
        "an officer of the access audits",
        comes("ig_officer"),
        "/access-audits",
        "/access-audits?search=a&quarter=2026-Q3&state=open&sort=-due",
        "/access-audits/export.csv",
        here,
        f"{here}?search=a&sort=-refusals",
        *(f"{here}/{page}" for page in ("findings", "sign-off", "export.xlsx", "export.pdf")),
    )


def _on_the_way_in(walk: Walk, app: Flask) -> None:
    """The pages of somebody who is not signed in, or not yet to the end."""
    house = walk.house
    nobody = Visitor(app)
    link = a_link(house, a_person(house, "ig_officer"))
    walk.open("nobody", nobody, "/sign-in", "/session-ended", "/signed-out", f"/invitation/{link}")

    new = Visitor(app)
    new.client.set_cookie("session", accepted(house, a_person(house, "ig_officer")).token)
    ways = ("", "/app", "/email", "/passkey")
    walk.open("somebody new", new, *(f"/sign-in/authenticator{way}" for way in ways))

    known = an_account(house, "ig_officer")
    halfway = Visitor(app)
    opened = half_open(house, known)
    halfway.client.set_cookie("session", opened.token)
    walk.open("somebody with a password", halfway, "/sign-in/code")

    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        late = {"must_renew": True, "whole_at": house.clock.now()}
        connection.execute(update(SignIn).where(SignIn.id == opened.session_id).values(**late))
    walk.open("somebody with an old password", halfway, "/sign-in/new-password")


def _the_second_step(walk: Walk, app: Flask) -> None:
    """The pages by which somebody with a passkey changes how they sign in."""
    house, device = walk.house, Device()
    known = an_account_by_passkey(house, device)
    opened = signed_in_by_passkey(house, known, device)
    somebody = Visitor(app)
    somebody.client.set_cookie("session", opened.token)
    [passkey] = every(house, Passkey)
    ways = ("", "/app", "/email", "/passkey", f"/passkeys/{passkey.id}/end")
    walk.open("somebody with a passkey", somebody, *(f"/account/second-step{way}" for way in ways))


def _pages(app: Flask) -> set[str]:
    """Every page of this door that can be opened."""
    ours = {pages.name for pages in PAGES}
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.partition(".")[0] in ours
    }
