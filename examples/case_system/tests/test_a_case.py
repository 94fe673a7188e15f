"""Cases from referral to closing, as their people see them, against the service as it is run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from compliance.accesses.reporting.models import ReportedAccess
from compliance.governance.facts.models import Fact
from compliance.licences import use_cases as licences
from compliance.licences.rules import EndReason, Kind
from compliance.sharing.models import SharingDecision
from examples.case_system import cases, telling
from examples.case_system.cases import Referral
from retention.disposals.models import DisposalItem
from tests.builders.disposals import agreed, proposed, reviewed
from tests.builders.disposals import told as instructed
from tests.builders.identity import every
from tests.builders.licences import acting
from tests.builders.retention import records

from .town import Town

WORDS = "Threats that grew within days."


def taken_up(town: Town, **referral: str) -> str:
    """A case of Swale's that the hub has taken up: its reference."""
    reference = town.people["Wilfred"].refers(**referral)
    assert town.people["Rowan"].takes(reference, "accept").status_code == 200
    assert town.row(reference)["status"] == "research"
    return reference


@pytest.mark.rule("DEC-1", "ROL-2", "SHA-1", "SHA-4", "GOV-2", "AUD-1", "RET-1")
def test_a_case_goes_from_its_referral_to_its_closing_and_the_service_is_told(town: Town) -> None:
    wilfred, petra, rowan, sabine = (town.people[name] for name in ("Wilfred", "Petra", "Rowan", "Sabine"))

    reference = wilfred.refers()
    assert WORDS in wilfred.gets(f"/cases/{reference}").text
    assert reference not in sabine.gets().text
    assert not sabine.sees(reference), "it is of another area"
    row = town.row(reference)
    assert datetime.fromisoformat(row["review_by"]) - datetime.fromisoformat(row["referred_at"]) == timedelta(hours=24)
    assert wilfred.takes(reference, "accept").status_code == 403, "the hub reviews referrals"
    assert "Take it up" in rowan.gets(f"/cases/{reference}").text
    assert rowan.takes(reference, "accept").status_code == 200

    for name in ("Wilfred", "Petra", "Rowan"):
        assert town.people[name].takes(reference, "research", words=f"What {name} knows").status_code == 200
    assert town.row(reference)["status"] == "planning"
    assert "Your agency has answered." in wilfred.takes(reference, "research", words="More").text

    clarion, due_on = str(town.organisations["clarion"]), "2027-03-01"
    wilfred.takes(reference, "suggestion", words="Change the lock", organisation=clarion, due_on=due_on)
    with town.store.reading() as db:
        [action] = db.execute("SELECT id FROM actions WHERE reference = ?", (reference,)).fetchone()
    told = wilfred.takes(reference, "acceptance", id=action, status="accepted").text
    assert "That is no action of your agency" in told, "each accepts its own (ROL-2)"
    assert petra.takes(reference, "action", id=action, status="done").text.count("no longer where you saw it") == 1
    assert wilfred.takes(reference, "meeting", came=[clarion]).status_code == 403
    page = rowan.gets(f"/cases/{reference}/meeting")
    assert "Confidentiality statement, version 1" in page.text
    asked = [str(town.organisations[code]) for code in ("kent-police", "swale", "clarion")]
    rowan.takes(reference, "meeting", came=asked, read=[asked[0], clarion])
    for step, after in (("acceptance", "accepted"), ("action", "done")):
        assert petra.takes(reference, step, id=action, status=after).status_code == 200
    minutes = petra.gets(f"/cases/{reference}/minutes.txt")
    assert "Change the lock" in minutes.text
    assert minutes.headers["Content-Disposition"].startswith("attachment")
    assert wilfred.takes(reference, "closing").status_code == 403
    rowan.takes(reference, "closing")
    assert town.row(reference)["status"] == "closed"

    assert town.told() == []
    [decided] = [each for each in every(town.house, SharingDecision) if each.reference == reference]
    assert (decided.decision, decided.basis, decided.decided_by) == ("share", "safeguarding", UUID(wilfred.id))
    assert decided.organisation_id == town.organisations["swale"]
    assert records(town.house)[reference].opened_on == date.fromisoformat(row["referred_at"][:10])
    counted = {
        (each.organisation_id, each.counter): each.count
        for each in every(town.house, Fact)
        if each.reference == reference
    }
    of_clarion = {counter: count for (who, counter), count in counted.items() if who == town.organisations["clarion"]}
    assert of_clarion == {
        "research_due": 1, "research_sent": 1, "actions_set": 1, "actions_done": 1, "actions_overdue": 0,
        "meetings_attended": 1, "meetings_missed": 0, "statement_read": 1,
    }  # fmt: skip
    assert counted[town.organisations["swale"], "statement_read"] == 0
    reported = {(str(each.person_id), each.kind) for each in every(town.house, ReportedAccess)}
    assert {(petra.id, "download"), (petra.id, "view"), (petra.id, "sign_in"), (wilfred.id, "view")} <= reported


@pytest.mark.rule("DEC-1", "DEC-2")
def test_a_closed_marac_is_for_those_alone_who_are_invited(town: Town) -> None:
    wilfred, petra, rowan, morgan = (town.people[name] for name in ("Wilfred", "Petra", "Rowan", "Morgan"))

    reference = wilfred.refers(closed_marac="yes")
    assert [each.sees(reference) for each in (wilfred, petra, rowan, morgan)] == [False, False, False, True]
    assert "Decide" in morgan.gets(f"/cases/{reference}").text

    assert morgan.takes(reference, "circle", closed="yes").status_code == 200
    assert morgan.takes(reference, "invitation", person=petra.id).status_code == 200
    assert [each.sees(reference) for each in (wilfred, petra, rowan, morgan)] == [False, True, False, True]
    assert reference not in rowan.gets().text

    assert morgan.takes(reference, "accept").status_code == 200
    with town.store.reading() as db:
        asked = {row[0] for row in db.execute("SELECT organisation FROM research WHERE reference = ?", (reference,))}
    assert asked == {str(town.organisations[code]) for code in ("kent-police", "clarion")}
    assert "Say who is invited" in morgan.takes(reference, "invitation", by_id="petra").text
    assert town.told() == []


@pytest.mark.rule("LIC-7")
def test_somebody_of_a_by_invite_partner_sees_the_case_they_are_invited_to_and_no_other(town: Town) -> None:
    ends_on = town.house.clock.now().date() + timedelta(days=60)
    ivo = town.comes("clarion", "Ivo", kind=Kind.BY_INVITE, cases=("MC-2020-00000000",), ends_on=ends_on)
    reference, other = taken_up(town), taken_up(town)
    assert not ivo.sees(reference)

    assert town.people["Rowan"].takes(reference, "invitation", by_id=ivo.id).status_code == 200

    assert (ivo.sees(reference), ivo.sees(other)) == (True, False)
    shown = ivo.gets().text
    assert reference in shown
    assert other not in shown


@pytest.mark.rule("DEC-4", "LIC-3")
def test_a_right_that_ends_closes_the_open_screen_within_seconds_and_the_next_one_at_once(town: Town) -> None:
    lena = town.comes("swale", "Lena")
    reference = taken_up(town)
    assert lena.sees(reference)
    lena.browser.follow_redirects = False
    town.in_time(lambda: lena.gets("/moved").status_code == 200)

    with acting(town.house) as ctx:
        licences.deactivate(ctx, lena.licence, reason=EndReason.LEAVER)

    assert lena.gets(f"/cases/{reference}").status_code in (302, 404), "nothing is shown from the commit on"
    town.in_time(lambda: lena.gets("/moved").status_code == 302)
    assert lena.gets("/moved").headers["Location"] == "/sign-in"
    lena.browser.follow_redirects = True
    back = lena.gets()
    assert str(back.url).startswith(town.installation.base_url), "it is the service that lets people in"


def test_a_right_that_is_added_signs_nobody_out(town: Town) -> None:
    petra, reference = town.people["Petra"], taken_up(town)
    assert petra.gets().status_code == 200
    town.in_time(lambda: petra.gets("/moved").status_code == 200)
    before = petra.gets("/moved").json()["moved"]

    assert town.people["Rowan"].takes(reference, "invitation", person=petra.id).status_code == 200

    town.in_time(lambda: petra.gets("/moved").json()["moved"] != before)
    assert petra.sees(reference)


@pytest.mark.rule("RET-8")
def test_what_the_service_instructs_is_disposed_of_and_confirmed(town: Town) -> None:
    long_ago = datetime(2012, 5, 4, 9, 0, tzinfo=UTC)
    with town.store.writing() as db:
        swale = str(town.organisations["swale"])
        reference = cases.refer(db, Referral("mid-kent", swale, "Long over", retention_group=3), long_ago)
        cases.decline(db, reference, long_ago)
    rowan = town.people["Rowan"]
    assert rowan.takes(reference, "event", kind="suspected_offence", happened_on="2013-01-05").status_code == 200
    assert town.told() == []
    record = records(town.house)[reference]
    assert (record.opened_on, record.last_relevant_on) == (date(2012, 5, 4), date(2013, 1, 5))
    reviewed(town.house, record)
    manifest = proposed(town.house, record)
    agreed(town.house, manifest)

    instructed(town.house, manifest)

    town.in_time(lambda: town.row(reference)["status"] == "disposed")
    assert town.row(reference)["words"] == ""
    assert not rowan.sees(reference)
    assert town.told() == []

    def certified() -> bool:
        [item] = [each for each in every(town.house, DisposalItem) if each.reference == reference]
        return item.certificate is not None and item.method == "erased"

    town.in_time(certified)


def test_an_event_that_the_service_will_not_have_is_kept_with_its_reason_and_holds_nothing_up(town: Town) -> None:
    now = town.house.clock.now()
    reference = town.people["Wilfred"].refers()
    with town.store.writing() as db:
        telling.happened(db, reference, "no_such_kind", "2026-01-05", now)
        telling.signed_in(db, town.people["Wilfred"].id, now)

    [refused] = town.told()

    assert "retention-unknown-event" in refused
    with town.store.writing() as db:
        db.execute("DELETE FROM outbox WHERE refused IS NOT NULL")


def test_the_witness_keeps_a_checkpoint_of_the_log(town: Town) -> None:
    kept = town.app.extensions["settings"].var / "checkpoint"

    town.in_time(kept.exists)

    assert kept.read_text().count("\n") >= 4


def test_a_form_that_is_not_ours_does_nothing(town: Town) -> None:
    wilfred = town.people["Wilfred"]
    wilfred.gets()
    sent = wilfred.browser.post(f"{town.base_url}/cases/new", data={"area": "mid-kent", "form_token": "é"})
    assert sent.status_code == 400
