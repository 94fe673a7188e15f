"""The walks through rooms that stand by themselves: every page of each, with several of everything in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from audit.sealing import seal_all
from compliance.breaches import learning
from compliance.breaches.notifying import use_cases as notifying
from compliance.breaches.rules import Status
from compliance.changes.webhooks import use_cases as sent_somewhere
from compliance.complaints.data_protection import use_cases as data_complaints
from compliance.complaints.reporting import Written
from compliance.identity import use_cases as identity
from compliance.identity.clients import queries as clients
from compliance.kernel.clock import london_date
from compliance.kernel.context import operator
from compliance.sharing.statement import use_cases as statement
from tests.builders.breaches import a_cast, brought_to
from tests.builders.complaints import a_complaint, at_stage, between, escalates, records, reports, resolves
from tests.builders.data_complaints import a_data_complaint, acknowledged
from tests.builders.disposals import agreed, certified, goes, proposed, told
from tests.builders.escalations import an_escalation, answered, raised
from tests.builders.holds import held
from tests.builders.identity import an_employer, someone
from tests.builders.incidents import a_data_breach, an_incident, assessed
from tests.builders.programs import a_program
from tests.builders.retention import fallen_due, kept
from tests.builders.retention import records as on_records
from tests.builders.sharing import asked, decided, wanted
from tests.builders.signatories import a_pdf
from tests.builders.webhooks import an_endpoint
from tests.governance.test_facts import Counting
from tests.web.conftest import Comes, Visitor
from tests.web.walking import Walk


def complaints_about_data(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """The register of complaints about data: one of each standing, one with much done about it (COM-9)."""
    house, officer = walk.house, someone(walk.house, "ig_officer")
    today = london_date(house.clock.now())
    late = a_data_complaint(house, officer, received_on=today - timedelta(days=60), organisation_id=organisation_id)
    open_one = acknowledged(house, a_data_complaint(house, officer))
    for who in (officer, someone(house, "hub_coordinator")):
        for kind in ("enquiry", "told"):
            with house.work(*who) as ctx:
                data_complaints.note(ctx, open_one.id, kind=kind, words="The partner was asked.")
    walk.open(
        "an officer of complaints about data", comes("ig_officer"),
        "/", "/data-complaints", f"/data-complaints?search=a&which=late&organisation={organisation_id}&sort=-organisation",
        "/data-complaints/export.csv", "/data-complaints/new", f"/data-complaints/{late.id}",
        f"/data-complaints/{late.id}/acknowledgement",
        *(f"/data-complaints/{open_one.id}{step}" for step in ("", "/progress", "/answer")),
    )  # fmt: skip


def escalations(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Organisations before each of the groups, as the groups and as the organisation see them (GOV-2)."""
    house = walk.house
    first, second = an_escalation(house, organisation_id), an_escalation(house, organisation_id, about="actions")
    for number in range(3):
        an_escalation(house, an_employer(house, f"Place {number}"))
    for _ in range(2):
        answered(house, first)
        raised(house, first, answer_by=date(2027, 1, 29))
    answered(house, second)
    walk.open(
        "the steering group", comes("steering_member"),
        "/", "/escalations", "/escalations?search=a&which=all&level=steering&about=attendance&sort=-organisation",
        "/escalations/export.csv", "/escalations/new", f"/escalations/{first.id}",
        *(f"/escalations/{second.id}{step}" for step in ("", "/raise", "/end")),
    )  # fmt: skip
    contact = comes("escalation_contact", organisation_id=organisation_id)
    here = f"/escalations/{first.id}"
    walk.open("whoever is to answer a group", contact, "/", "/escalations", here, f"{here}/answer")


def themes(walk: Walk, comes: Comes, _organisation_id: UUID) -> None:
    """What complaints are about, in figures (COM-6)."""
    walk.open(
        "who learns from complaints", comes("steering_member"),
        "/complaints/themes", "/complaints/themes?theme=research&quarters=8&search=a&sort=-middle",
        "/complaints/themes/export.csv", "/complaints/themes/organisations/export.csv",
    )  # fmt: skip


def data_breaches(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """The register of personal-data breaches, and one with much written about it (BRE-3)."""
    house, manager = walk.house, someone(walk.house, "hub_manager")
    breaches = [a_data_breach(house, organisation_id=organisation_id, reference=f"MC-{number}") for number in range(3)]
    for breach in breaches:
        number = [assessed(house, breach) for _ in range(3)][-1]
        with house.work(*manager) as ctx:
            notifying.decide(ctx, breach.id, "notify", reasons="They could be found.", assessment=number)
            notifying.decide_people(ctx, breach.id, "tell", reasons="They could be found.", assessment=number)
            notifying.partners_told(ctx, breach.id, at=ctx.now(), words="By telephone.")
    here, apart = f"/data-breaches/{breaches[0].id}", an_incident(house, kind="failure_to_share")
    walk.open(
        "the hub manager", comes("hub_manager"),
        "/", "/data-breaches", "/data-breaches?search=a&which=clock_runs&sort=-organisation", "/data-breaches/export.csv",
        here, f"{here}/draft.pdf", f"/data-breaches/of/{apart.id}",
        *(f"{here}/{step}" for step in ("assessment", "awareness", "decision", "people", "notification")),
        *(f"{here}/{who}/told" for who in ("people", "partners")),
    )  # fmt: skip


def breaches(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Breaches of the protocol, and one with much belonging to it, as the hub and as the partner see them (BRE-2)."""
    house, cast = walk.house, a_cast(walk.house, organisation_id)
    them = [
        brought_to(house, cast, status, reference=f"MC-{status}") for status in (Status.WITH_STEERING, Status.RAISED)
    ]
    here = f"/breaches/{them[0].id}"
    for number in range(3):
        with house.work(*cast.manager) as ctx:
            learning.add(ctx, them[0].id, kind="lesson", words=f"Ask {number} times.")
    listed = "/breaches?search=a&which=all&sort=-organisation"
    walk.open(
        "the hub manager, of breaches", comes("hub_manager"),
        listed, "/breaches/export.csv", "/breaches/new", here, f"{here}/suspension?search=a", f"{here}/lessons",
        f"{here}/conduct", f"/breaches/{them[1].id}/steps/resolve",
    )  # fmt: skip
    walk.open(
        "a partner's delegate, of breaches", comes("delegate", organisation_id=organisation_id),
        "/breaches?which=my_turn", here, f"/breaches/{them[1].id}/steps/answer",
    )  # fmt: skip


def complaints(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Complaints at every stage, with much recorded in each, as the hub, a partner and the chair see them (COM-2)."""
    house = walk.house
    it = between(house, organisation_id, an_employer(house, "Other Place"))
    first, second, last, over = a_complaint(it), at_stage(it, 2), at_stage(it, 3), a_complaint(it, reference="MC-7")
    for each in (first, second, last, over):
        for _ in range(3):
            records(it, each)
    file = reports(it, last, written=Written(file_name="report.pdf", content=a_pdf()))
    escalates(it, last)
    resolves(it, over)
    here, end = f"/complaints/{first.id}", f"/complaints/{last.id}"
    walk.open(
        "the hub, of complaints", comes("hub_coordinator"),
        "/", "/complaints", "/complaints?search=2026-1&which=all&stage=1&theme=research&sort=-about", "/complaints/turns",
        "/complaints/export.csv", "/complaints/new", f"/complaints/{second.id}/report", f"/complaints/{over.id}/again",
        *(f"{here}{step}" for step in ("", "/discussions", "/escalation", "/resolution", "/side")),
    )  # fmt: skip
    walk.open(
        "a partner's delegate, of complaints", comes("delegate", organisation_id=organisation_id),
        "/", "/complaints?which=mine", "/complaints/turns", end, f"{end}/reports/{file.id}", f"{here}/side",
    )  # fmt: skip
    walk.open("the chair", comes("executive_chair"), "/", "/complaints/turns", end, f"{end}/final")


def records_of_time(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Records that are due for review, and everything about one of them (RET-3)."""
    for reference in ("R-1", "R-2"):
        kept(walk.house, reference, organisation_id=organisation_id)
    review = fallen_due(walk.house)["R-1"].id
    on_hold, *_ = (held(walk.house, each, ground=why) for each in ("R-1", "R-2") for why in ("inquiry", "litigation"))
    record = on_records(walk.house)["R-1"].id
    walk.open(
        "an officer, of records", comes("ig_officer"),
        "/retention/reviews?search=R&which=all&group=2&sort=-reviewer", "/retention/reviews/export.csv", "/retention/reviews/new",
        "/", "/retention", f"/retention/records?search=R&group=2&sort=-organisation&hold={on_hold.id}&due=over",
        "/retention/records/export.csv", f"/retention/records/{record}", "/retention/holds?search=R&sort=-ground", "/retention/restored?sort=what", "/retention/restored/export.csv",
        "/retention/holds/export.csv", "/retention/holds/new", "/retention/own-records?which=timed&sort=-due", "/retention/own-records/export.csv",
        *(f"/retention/holds/{on_hold.id}{step}" for step in ("", "/review", "/lift")),
        *(f"/retention/reviews/{review}{step}" for step in ("", "/decision", "/together", "/reviewer")),
    )  # fmt: skip


def what_is_shared(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Decisions, requests, disclosures, acknowledgements and facts, as the hub and a partner see them (SHA-1 to SHA-4)."""
    house, partner = walk.house, someone(walk.house, "delegate", organisation_id=organisation_id)
    counting = Counting(house)
    counting.reports(*(counting.told("actions_set", 3, reference=f"C-{number}") for number in range(3)))
    with house.work(operator("tests")) as ctx:
        statement.begin(ctx)
    numbers = ("C-0", "C-1", "C-2")
    made, *_ = [decided(house, partner, reference=each, with_id=counting.place) for each in numbers]
    coordinator = someone(house, "hub_coordinator")
    request, *_ = [asked(house, None, coordinator, reference=each, supplier_id=organisation_id) for each in numbers]
    disclosure, *_ = [wanted(house, partner, reference=each) for each in numbers]
    lists = ("/sharing", "/sharing/reuse", "/sharing/disclosures")
    one, two = f"/sharing/reuse/{request.id}", f"/sharing/disclosures/{disclosure.id}"
    walk.open(
        "the hub manager, of sharing", comes("hub_manager"), "/", *(f"{path}/export.csv" for path in lists),
        "/sharing?search=a&choice=share&sort=-organisation", "/sharing/reuse?search=a&which=all&sort=-supplier",
        "/sharing/disclosures?search=a&which=waiting&sort=-body", *(f"{path}/new" for path in lists),
        f"/sharing/{made.id}", one, f"{one}/steps/rely", two, f"{two}/steps/authorise", "/confidentiality",
        "/confidentiality/new", "/confidentiality/acknowledgements?search=a&which=missing&sort=-organisation",
        "/confidentiality/acknowledgements/export.csv", "/facts?search=a&area=mid-kent&sort=-organisation",
        "/facts/export.csv",
    )  # fmt: skip
    delegate = comes("delegate", organisation_id=organisation_id)
    walk.open("a partner's delegate, of sharing", delegate, "/", *lists, one, f"{one}/steps/permit", two)


def programs(walk: Walk, comes: Comes, _organisation_id: UUID) -> None:
    """The programs that may ask, and one of them (DEC-3)."""
    with walk.house.work(operator("tests")) as ctx:
        made = [identity.register_client(ctx, name=f"Program {number}", scopes=["decisions"])[0] for number in range(4)]
        [proof] = clients.live_credentials(ctx, made[0].id)
    here = f"/clients/{made[0].id}"
    walk.open(
        "the hub manager, of programs", comes("hub_manager"), "/clients", "/clients?search=a&which=live&sort=-used",
        "/clients/export.csv", "/clients/new", here, *(f"{here}/{step}" for step in ("change", "rotate", "end")),
        f"{here}/credentials/{proof.id}/end", "/oauth2/logout",
    )  # fmt: skip
    # Whoever has no licence is told why a program is given nothing.
    sent, address = comes("hub_manager"), a_program(walk.app).asks()
    sent.get(address)  # The first question that a process is asked has it read everybody's rights, once.
    walk.open("the hub manager, sent by a program", sent, address, answers=403)
    walk.open("a builder", Visitor(walk.app), "/docs", "/docs/decisions", "/docs/problems", "/problems/not-found")


def webhooks(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Where changes are sent: two addresses, and what was sent to one of them (DEC-4)."""
    one = an_endpoint(walk.house, "https://cases.example.org/changes")
    an_endpoint(walk.house, "https://archive.example.org/changes", name="The archive", secret=False)
    for _ in range(3):
        with walk.house.work(*someone(walk.house, "hub_manager")) as ctx:
            sent_somewhere.try_endpoint(ctx, one)
    walk.open(
        "a manager, of webhooks", comes("hub_manager"),
        "/", "/webhooks", "/webhooks?search=cases&state=well&sort=-taken", "/webhooks/export.csv", "/webhooks/new",
        *(f"/webhooks/{one}{step}" for step in ("", "?kind=right.&taken=no&sort=type", "/secret", "/end")),
    )  # fmt: skip


def records_that_go(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Records that may go, manifests in several states, and certificates, as the officer sees them (RET-8)."""
    house = walk.house
    them = [goes(house, f"D-{number}", organisation_id) for number in range(9)]
    made = [certified(house, each) for each in them[:2]]
    waits, agreed_to, behind = (proposed(house, *pair) for pair in (them[2:4], them[4:6], them[6:7]))
    agreed(house, agreed_to)
    agreed(house, behind)
    told(house, behind)
    seal_all(house)
    here, certificate = "/retention/disposals", f"/retention/certificates/{made[0].id}"
    walk.open(
        "an officer, of disposals", comes("ig_officer"),
        "/", f"{here}?search=D&which=all&sort=-records", f"{here}/export.csv", f"{here}/ready?search=D&which=all&group=3&sort=-kind",
        f"{here}/ready/export.csv", f"{here}/new?all=1", *(f"{here}/{each.id}" for each in (waits, agreed_to, behind)),
        f"{here}/{waits.id}/call-off", f"{here}/{waits.id}/export.csv", f"/proposals/{waits.proposal_id}",
        f"/proposals/{waits.proposal_id}/approval", "/retention/certificates?search=D&method=erased&group=3&sort=-rule",
        "/retention/certificates/export.csv", certificate, f"{certificate}/certificate.pdf", f"{certificate}/proof.zip",
    )  # fmt: skip


ROOMS: tuple[Callable[[Walk, Comes, UUID], None], ...] = (
    complaints,
    complaints_about_data,
    escalations,
    themes,
    data_breaches,
    breaches,
    records_of_time,
    webhooks,
    what_is_shared,
    programs,
    records_that_go,
)
"""Each is given the walk, whoever comes, and an organisation to be about."""
