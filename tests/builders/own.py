"""One thing of each kind of our own records that has just come to its end, as it would have come there (RET-9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update

from compliance.breaches.models import Incident, IncidentAction, IncidentStep
from compliance.breaches.notifying.models import DataBreach
from compliance.changes.webhooks import use_cases as endpoints
from compliance.changes.webhooks.models import WebhookDelivery
from compliance.complaints.data_protection.rules import Status
from compliance.governance.outages import use_cases as outages
from compliance.identity.clients import sign_ons
from compliance.identity.clients import use_cases as clients
from compliance.identity.clients.models import ClientCredential, CredentialUse
from compliance.identity.models import (
    AccountInvitation,
    Authenticator,
    KnownDevice,
    Passkey,
    PasskeyUse,
    RoleHeld,
    SignIn,
)
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, House
from compliance.kernel.jobs import Job, JobRun, run_now
from compliance.kernel.secrets import KeyRing
from compliance.notices.models import Notice
from compliance.scheduler import job_named
from compliance.sharing.disclosures import use_cases as disclosures
from policies.values import packaged
from signatories import uploads
from signatories.models import PolicyDocument
from tests.builders import (
    complaints,
    escalations,
    flags,
    helping,
    identity,
    licences,
    notices,
    outage_days,
    sharing,
    webhooks,
)
from tests.builders.data_complaints import a_data_complaint, acknowledged
from tests.builders.identity import COMMAND, an_employer, someone
from tests.builders.incidents import a_data_breach, assessed
from tests.builders.signatories import a_pdf


def job(code: str) -> Job:
    """The job that disposes of what follows this rule."""
    found = job_named(packaged().own_records[code].job)
    assert isinstance(found, Job)
    return found


def disposes(house: House, code: str) -> int:
    """Run it: how many things, or batches, it disposed of."""
    run = run_now(house, job(code))
    assert run.failed == 0
    return run.done


def whole(house: House) -> list[Any]:
    """What points at nothing: the foreign keys that are broken on SQLite; PostgreSQL lets nobody break one."""
    if house.engine.dialect.name != "sqlite":
        return []
    with house.engine.connect() as connection:
        return list(connection.execute(text("PRAGMA foreign_key_check")))


def _sealed(ctx: Context, place: str) -> bytes:
    return ctx.the(KeyRing).seal(b"-", place=place)


def an_ended_link(house: House) -> UUID:
    """A link that was given to somebody and withdrawn just now."""
    person = identity.a_person(house, "delegate")
    identity.a_link(house, person)
    with house.work(COMMAND) as ctx:
        row = ctx.session.scalars(select(AccountInvitation).where(AccountInvitation.person_id == person.id)).one()
        row.withdrawn_at = ctx.now()
        licences.rows_made(ctx, row)
        return row.id


def an_ended_factor(house: House) -> UUID:
    """An app that was taken away just now, with the last code it gave."""
    account = identity.an_account(house, "delegate")
    with house.work(COMMAND) as ctx:
        row = ctx.session.scalars(select(Authenticator).where(Authenticator.person_id == account.person.id)).one()
        row.ended_at = ctx.now()
        licences.rows_made(ctx, row)
        return row.id


def an_ended_passkey(house: House) -> UUID:
    """A passkey that was taken away just now, and how often it was used."""
    person = identity.a_person(house, "delegate")
    with house.work(COMMAND) as ctx:
        row = Passkey(
            id=ctx.new_id(), person_id=person.id, credential=b"c", public_key=b"k", name="Phone", made_at=ctx.now(),
            ended_at=ctx.now(),
        )  # fmt: skip
        licences.rows_made(ctx, row)
        ctx.session.flush()
        ctx.session.execute(insert(PasskeyUse).values(passkey_id=row.id, count=3, used_at=ctx.now()))
        return row.id


def a_leaver(house: House, **said: Any) -> UUID:
    """Somebody with an account, two factors and a browser, whose one role ended just now."""
    account = identity.an_account(house, "delegate", **said)
    person_id = account.person.id
    with house.work(COMMAND) as ctx:
        held = ctx.session.scalars(select(RoleHeld).where(RoleHeld.person_id == person_id)).one()
        held.ended_at = ctx.now()
        licences.rows_made(ctx, held)
        device = {"token": person_id.hex, "made_at": ctx.now(), "used_at": ctx.now()}
        ctx.session.execute(insert(KnownDevice).values(id=ctx.new_id(), person_id=person_id, **device))
        ctx.session.execute(update(SignIn).where(SignIn.person_id == person_id).values(ended_at=ctx.now()))
    return person_id


def a_sent_letter(house: House) -> UUID:
    """A letter that was sent just now."""
    notice_id = notices.a_letter(house)
    with house.work(COMMAND) as ctx:
        ctx.session.execute(update(Notice).where(Notice.id == notice_id).values(sent_at=ctx.now(), words=None))
    return notice_id


def a_run(house: House) -> str:
    """That a job ran just now."""
    with house.work(COMMAND) as ctx:
        ctx.session.execute(
            insert(JobRun).values(job="tests", period="1", started_at=ctx.now(), found=0, done=0, failed=0)
        )
    return "tests"


def a_replaced_contact(house: House) -> UUID:
    """A contact whose place another took just now."""
    organisation_id = an_employer(house)
    with house.work(COMMAND) as ctx:
        row = licences.a_contact(ctx, organisation_id, "primary")
        row.ended_at = ctx.now()
        licences.rows_made(ctx, row)
        return row.id


def an_explained_flag(house: House) -> UUID:
    """A concern that was raised and explained just now."""
    officer = someone(house, "ig_officer")
    flag = flags.a_concern(house, someone(house, "ig_officer"))
    with house.work(COMMAND) as ctx:
        row = ctx.session.get_one(type(flag), flag.id)
        row.status, row.decided_at, row.decided_by, row.finding = (
            "explained",
            ctx.now(),
            officer.actor.id,
            "part_of_work",
        )
        licences.rows_made(ctx, row)
    return flag.id


def a_closed_incident(house: House, **said: Any) -> UUID:
    """A personal-data breach with an assessment, a decision, a step and an action, closed just now."""
    breach = a_data_breach(house, **said)
    assessed(house, breach)
    with house.work(COMMAND) as ctx:
        row = ctx.session.get_one(DataBreach, breach.id)
        row.decision = "not_notify"
        step = IncidentStep(
            id=ctx.new_id(), incident_id=breach.incident_id, number=1, step="report", status="reported", taken_by="x",
            taken_at=ctx.now(), words=_sealed(ctx, "x"),
        )  # fmt: skip
        action = IncidentAction(
            id=ctx.new_id(), incident_id=breach.incident_id, kind="action", words=_sealed(ctx, "x"), added_by="x",
            added_at=ctx.now(), due_on=ctx.now().date(), done_at=ctx.now(), done_by="x",
        )  # fmt: skip
        incident = ctx.session.get_one(Incident, breach.incident_id)
        incident.status, incident.ended_at = "closed", ctx.now()
        licences.rows_made(ctx, row, step, action, incident)
    return breach.incident_id


def a_resolved_complaint(house: House) -> UUID:
    """A complaint that both talked about and that was resolved just now."""
    it = complaints.partners(house)
    found = complaints.a_complaint(it)
    complaints.records(it, found)
    complaints.resolves(it, found)
    return found.id


def an_answered_data_complaint(house: House) -> UUID:
    """A complaint about data that was answered today."""
    found = a_data_complaint(house)
    acknowledged(house, found)
    with house.work(COMMAND) as ctx:
        row = ctx.session.get_one(type(found), found.id)
        row.status, row.answered_on, row.outcome = Status.ANSWERED.value, ctx.now().date(), "upheld"
        licences.rows_made(ctx, row)
    return found.id


def an_ended_escalation(house: House) -> UUID:
    """An escalation that was answered and ended just now."""
    found = escalations.an_escalation(house)
    escalations.answered(house, found)
    return escalations.ended(house, found).id


def an_ended_request_for_help(house: House) -> UUID:
    """A request for help that was this service's matter, and ended just now."""
    return helping.ended(house, helping.sorted_as(house, helping.a_request(house))).id


def a_closed_outage(house: House) -> UUID:
    """An outage with one referral taken by hand that was written up."""
    found = outage_days.an_outage(house)
    line = outage_days.taken(house, found)
    outage_days.back(house, found)
    with house.work(*identity.someone(house, "hub_coordinator")) as ctx:
        outages.settle(ctx, found.id, line.id)
        ctx.session.flush()
        return outages.close(ctx, found.id).id


def a_replaced_policy(house: House) -> UUID:
    """An organisation's policy whose place another took just now."""
    organisation_id = an_employer(house)
    with house.work(COMMAND) as ctx:
        row = PolicyDocument(
            id=ctx.new_id(), organisation_id=organisation_id, kind="safeguarding", title="Safeguarding", owner="Director",
            dated_on=ctx.now().date(), next_review_on=ctx.now().date(), recorded_at=ctx.now(), replaced_at=ctx.now(),
            upload_id=uploads.receive(ctx, file_name="policy.pdf", content=a_pdf("Safeguarding")).id,
        )  # fmt: skip
        licences.rows_made(ctx, row)
        return row.id


def a_stray_file(house: House) -> UUID:
    """A file that was received just now and that nothing refers to."""
    with house.work(COMMAND) as ctx:
        return uploads.receive(ctx, file_name="stray.pdf", content=a_pdf("Stray")).id


def a_decision_to_share(house: House) -> UUID:
    """A decision to share that was taken just now."""
    return sharing.decided(house, someone(house, "hub_coordinator")).id


def an_answered_request(house: House, *, reference: str = "C-1") -> UUID:
    """A request for re-use that its supplier permitted just now."""
    cast = sharing.a_cast(house)
    request = sharing.asked(house, cast, reference=reference)
    with house.work(*cast.supplier) as ctx:
        sharing.answer(ctx, request.id, "permit")
    return request.id


def a_made_disclosure(house: House) -> UUID:
    """A disclosure that was authorised and made today."""
    asks, manager = someone(house, "hub_coordinator"), someone(house, "hub_manager")
    disclosure = sharing.wanted(house, asks)
    with house.work(*manager) as ctx:
        disclosures.authorise(ctx, disclosure.id, words="They need it.")
    with house.work(*asks) as ctx:
        disclosures.make(ctx, disclosure.id, made_on=london_date(ctx.now()))
    return disclosure.id


def a_token_taken_back(house: House) -> UUID:
    """A token that its program gave back at the end of its time, which is now."""
    with house.work(COMMAND) as ctx:
        client, _ = clients.register_client(ctx, name="Case system", scopes=("decisions",))
        sign_ons.revoke(ctx, client, "t-1", ctx.now())
        return client.id


def an_ended_credential(house: House) -> UUID:
    """A program's secret that was used and ended just now."""
    with house.work(COMMAND) as ctx:
        clients.register_client(ctx, name="Case system", scopes=("decisions",))
        ctx.session.flush()
        row = ctx.session.scalars(select(ClientCredential)).one()
        row.ended_at = ctx.now()
        ctx.session.add(CredentialUse(credential_id=row.id, used_at=ctx.now()))
        licences.rows_made(ctx, row)
        return row.id


def an_ended_endpoint(house: House) -> UUID:
    """An address that changes were sent to, with its secret, which was turned off just now."""
    endpoint_id = webhooks.an_endpoint(house, "https://case.example/changes")
    with house.work(*someone(house, "hub_manager")) as ctx:
        endpoints.end_endpoint(ctx, endpoint_id)
    return endpoint_id


def a_sent_change(house: House) -> UUID:
    """A change that was sent and taken just now."""
    endpoint_id = webhooks.an_endpoint(house, "https://case.example/changes")
    with house.work(COMMAND) as ctx:
        sent = {"first_at": ctx.now(), "last_at": ctx.now(), "taken_at": ctx.now()}
        place = {"entry": 1, "kind": "client", "subject_id": ctx.new_id()}
        ctx.session.execute(
            insert(WebhookDelivery).values(
                id=ctx.new_id(), endpoint_id=endpoint_id, type="client.ended", tries=1, **sent, **place
            )
        )
    return endpoint_id
