"""What was issued stays as it was, says what has changed, and is issued once whoever is first (GOV-1, GOV-4)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from sqlalchemy import update

from compliance.governance.figures.dresses import Form
from compliance.governance.figures.frozen import freeze
from compliance.governance.figures.model import Report
from compliance.governance.figures.spans import span_named
from compliance.governance.reports import jobs, queries, use_cases
from compliance.governance.reports.errors import IssuedMeanwhile, NothingNew, ReportAltered
from compliance.governance.reports.models import IssuedReport
from compliance.governance.reports.rules import issued_on
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from policies.values import packaged
from tests.builders.facts import absent, told
from tests.builders.identity import Acting, a_person, an_employer, at_work, every, letters, logged, someone
from tests.builders.use import move_to
from tests.support.together import Act, together

[JOB] = jobs.JOBS
PACK, QUARTER = "steering_pack", "2026Q3"


def counted(house: House, who: Acting, kind: str = PACK, period: str = QUARTER) -> Report:
    with house.reading(*who) as ctx:
        return use_cases.count(ctx, kind, period)


def issued(house: House, who: Acting, report: Report) -> IssuedReport:
    with house.work(*who) as ctx:
        return use_cases.issue(ctx, report)


def known(house: House, since: str = "2026-01-05T09:00") -> None:
    """The registers begin with an organisation that is there since then."""
    from signatories.models import Organisation

    place = an_employer(house, "Harbour Refuge")
    at = datetime.fromisoformat(since).replace(tzinfo=UTC)
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(Organisation).where(Organisation.id == place).values(created_at=at))


@pytest.fixture
def manager(house: House) -> Acting:
    known(house)
    return someone(house, "hub_manager")


@pytest.mark.rule("GOV-1")
def test_what_was_issued_is_read_back_to_the_byte_and_its_hash_stands_in_the_log(house: House, manager: Acting) -> None:
    report = counted(house, manager)
    it = issued(house, manager, report)

    with house.work(*someone(house, "steering_member")) as ctx:
        found = use_cases.view(ctx, it.id)

    assert freeze(found.report) == freeze(report)
    assert (found.before, found.listed.period, found.listed.edition) == (None, QUARTER, 1)
    with house.reading(*manager) as ctx:
        assert [row.id for row in queries.reports(ctx, kind=PACK).rows] == [it.id]
        assert queries.reports(ctx, kind="biannual").rows == ()
    assert it.sha256 == sha256(freeze(report)).hexdigest()
    [entry] = logged(house, "report.issued")
    detail = json.loads(entry.detail or "{}")
    assert (detail["sha256"], detail["period"], detail["edition"]) == (it.sha256, QUARTER, 1)
    assert [json.loads(each.detail or "{}")["period"] for each in logged(house, "report.viewed")] == [QUARTER]


@pytest.mark.rule("GOV-1", "GOV-5")
def test_those_who_read_it_are_told_once_and_the_letter_says_nothing_of_what_is_in_it(
    house: House, manager: Acting
) -> None:
    member = a_person(house, "steering_member")
    issued(house, manager, counted(house, manager))

    said = [each for each in letters(house, member) if "Steering pack" in str(each)]
    assert len(said) == 1
    assert "Harbour Refuge" not in str(said)


@pytest.mark.rule("GOV-1")
def test_a_group_of_many_members_is_told_to_the_last_of_them(sqlite_house: House) -> None:
    manager = someone(sqlite_house, "hub_manager")
    known(sqlite_house)
    members = [a_person(sqlite_house, "steering_member") for _ in range(45)]
    issued(sqlite_house, manager, counted(sqlite_house, manager))
    assert all(letters(sqlite_house, member, "report_issued") for member in members)


@pytest.mark.rule("GOV-1", "GOV-2")
def test_facts_corrected_after_the_pack_was_issued_are_shown_beside_it_and_make_the_next_edition(
    house: House, manager: Acting
) -> None:
    place = an_employer(house, "Ferry Lane")
    absent(house, place, date(2026, 9, 1))
    first = issued(house, manager, counted(house, manager))
    with pytest.raises(NothingNew):
        issued(house, manager, counted(house, manager))

    told(house, place, date(2026, 8, 1), {"meetings_attended": 12})
    house.clock.move(jobs.JOBS[0].every)  # type: ignore[attr-defined]
    with house.reading(*manager) as ctx:
        found, changed = use_cases.changed_since(ctx, first.id)
    assert [(each.code, each.was, each.now) for each in changed if each.code == "attendance"] == [
        ("attendance", "25.0%", "81.3%")
    ]
    assert found.report.span.name == "July to September 2026"

    second = issued(house, manager, counted(house, manager))
    assert (second.edition, second.before_id) == (2, first.id)
    with house.work(*manager) as ctx:
        assert use_cases.view(ctx, first.id).listed.sha256 == first.sha256, "the first edition is what it was"


@pytest.mark.rule("GOV-1")
def test_a_report_counted_before_another_was_issued_is_not_issued_over_it(house: House, manager: Acting) -> None:
    stale = counted(house, manager)
    house.clock.move(jobs.JOBS[0].every)  # type: ignore[attr-defined]
    issued(house, manager, counted(house, manager))

    with pytest.raises(IssuedMeanwhile):
        issued(house, manager, stale)

    assert len(every(house, IssuedReport)) == 1


@pytest.mark.rule("GOV-1")
@pytest.mark.parametrize("number", range(5))
def test_two_who_issue_it_at_once_issue_it_once(house: House, manager: Acting, number: int) -> None:
    report = counted(house, manager)
    act: Act = lambda ctx: use_cases.issue(ctx, report)  # noqa: E731

    ends = together(house, [(manager, act), (someone(house, "hub_manager"), act)], number)

    assert sorted(ends) in (["IssuedMeanwhile", "done"], ["NothingNew", "done"])
    assert [each.edition for each in every(house, IssuedReport)] == [1]


@pytest.mark.rule("GOV-1", "AUD-3")
def test_a_report_that_was_touched_in_the_store_is_not_shown(house: House, manager: Acting) -> None:
    it = issued(house, manager, counted(house, manager))
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(IssuedReport).values(content=it.content.replace("Steering", "Steaming")))

    with house.work(*manager) as ctx, pytest.raises(ReportAltered):
        use_cases.view(ctx, it.id)


@pytest.mark.rule("GOV-1", "GOV-4")
def test_the_calendar_issues_each_report_once_when_its_period_is_over_and_the_last_facts_have_come(
    house: House, clock: FixedClock
) -> None:
    known(house, "2026-11-02T09:00")
    move_to(clock, "2027-01-07T12:00")
    assert run_now(house, JOB).found == 0, "the fifth working day after New Year's Day is Friday the 8th"
    assert every(house, IssuedReport) == []

    move_to(clock, "2027-01-08T12:00")
    assert run_now(house, JOB).failed == 0
    assert run_now(house, JOB).found == 0

    assert sorted((each.kind, each.since.isoformat()) for each in every(house, IssuedReport)) == [
        ("annual_summary", "2026-01-01"), ("biannual", "2026-07-01"), ("steering_pack", "2026-10-01"),
    ]  # fmt: skip
    move_to(clock, "2027-04-12T12:00")
    run_now(house, JOB)
    assert {each.kind for each in every(house, IssuedReport) if each.since == date(2026, 4, 1)} == {"safelives"}
    assert {each.issued_by for each in every(house, IssuedReport)} == {JOB.name}


@pytest.mark.rule("GOV-1")
@pytest.mark.parametrize(
    ("quarter", "day"), [("2026Q4", date(2027, 1, 8)), ("2026Q3", date(2026, 10, 7)), ("2026Q1", date(2026, 4, 9))]
)
def test_the_day_of_issue_is_counted_in_working_days(quarter: str, day: date) -> None:
    policy = packaged()

    assert issued_on(span_named(policy.report_kinds[PACK], quarter), 5, policy.calendar) == day


@pytest.mark.rule("GOV-1", "GOV-4")
@pytest.mark.parametrize(
    ("kind", "period", "pointer"),
    [
        (PACK, "2016Q4", "/period"),
        (PACK, "2027Q1", "/period"),
        (PACK, "2026Q5", "/period"),
        (PACK, "2026H1", "/period"),
        (PACK, "２０２６Q4", "/period"),
        ("annual_summary", "2016", "/period"),
        ("gossip", "2026", "/kind"),
    ],
)
def test_a_period_that_cannot_be_or_of_which_nothing_is_known_is_named(
    house: House, manager: Acting, kind: str, period: str, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        counted(house, manager, kind, period)

    assert [field.pointer for field in refused.value.fields] == [pointer]


@pytest.mark.rule("GOV-1", "ROL-4", "IDN-6")
def test_who_may_read_issue_and_take_it_away(house: House, manager: Acting) -> None:
    it = issued(house, manager, counted(house, manager))
    contact = someone(house, "escalation_contact")
    tired = at_work(house, a_person(house, "steering_member"), fresh=False)
    report = counted(house, manager)

    def refused(who: Acting, why: type[Exception], act: Act) -> None:
        with house.work(*who) as ctx, pytest.raises(why):
            act(ctx)

    refused(contact, Forbidden, lambda ctx: use_cases.view(ctx, it.id))
    refused(contact, Forbidden, lambda ctx: use_cases.count(ctx, PACK, QUARTER))
    refused(contact, Forbidden, lambda ctx: queries.reports(ctx))
    refused(someone(house, "ig_officer"), Forbidden, lambda ctx: use_cases.issue(ctx, report))
    refused(tired, FreshCodeNeeded, lambda ctx: use_cases.export(ctx, it.id, Form.PDF))
    refused(tired, FreshCodeNeeded, lambda ctx: use_cases.counted(ctx, report, forms=[Form.PDF]))
    refused(manager, Invalid, lambda ctx: use_cases.export(ctx, it.id, "docx"))
    refused(manager, NotFound, lambda ctx: use_cases.view(ctx, it.before_id or manager.actor.person_id))  # type: ignore[arg-type]
    assert logged(house, "report.exported") == []


@pytest.mark.rule("GOV-4")
def test_the_annual_summary_names_no_organisation(house: House, manager: Acting) -> None:
    report = counted(house, manager, "annual_summary", "2026")

    assert "Harbour Refuge" not in freeze(report).decode()
