"""A quarter's access audit: opened once for each organisation, found upon, and signed off by an outsider (AUD-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from compliance.accesses.audits import counting, queries, reports, use_cases
from compliance.accesses.audits.errors import AuditOpenAlready, AuditOver, InTheAudit, OwnFinding
from compliance.accesses.audits.models import AccessAudit, AccessAuditFigure, AccessAuditFinding
from compliance.accesses.audits.rules import FIGURES, Figures, Kind, Progress
from compliance.accesses.flags.models import AccessFlag, AccessFlagEntry
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import Run
from compliance.kernel.secrets import KeyRing
from compliance.licences.models import Licence
from tests.builders.accesses import audit_of, opened, reported
from tests.builders.identity import Acting, a_person, an_employer, at_work, every, logged, someone
from tests.builders.licences import acting, hub, partner, rows_made

NOTHING = Run(0, 0, 0)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRST_DAY = "2027-01-04T09:00"


@pytest.fixture
def house(sqlite_house: House) -> House:
    return sqlite_house


def found(
    house: House, who: Acting, audit: AccessAudit, words: str = "Looked at a case of a neighbour"
) -> AccessAuditFinding:
    with house.work(*who) as ctx:
        return use_cases.find(ctx, audit.id, kind=Kind.QUESTION, words=words)


def signed(house: House, who: Acting, audit: AccessAudit) -> AccessAudit:
    with house.work(*who) as ctx:
        return use_cases.sign_off(ctx, audit.id, conclusion="Nothing stands in the way")


@pytest.mark.rule("AUD-5")
def test_what_is_reported_after_the_opening_is_shown_apart_and_in_no_figure(house: House, clock: FixedClock) -> None:
    audit, person = opened(house, clock)
    colleague = a_person(house, organisation_id=audit.organisation_id)
    reported(house, person, NOON, "export", reference="C-2")
    reported(house, colleague.id, NOON, "download", reference="C-2")

    with house.work(*someone(house, "ig_officer")) as ctx:
        report = reports.view(ctx, audit.id)

    assert report.total == Figures(cases_opened=1)
    assert report.late == Figures(cases_opened=2, exports=1, downloads=1)
    assert report.people == 1
    assert {line.person_id: line.counted for line in report.lines} == {person: True, colleague.id: False}
    signed(house, someone(house, "hub_manager"), audit)
    assert '"late":2' in logged(house, "access_audit.signed_off")[0].detail


@pytest.mark.rule("AUD-5")
def test_a_finding_is_kept_sealed_and_the_log_has_codes_alone(house: House, clock: FixedClock) -> None:
    audit, person = opened(house, clock)
    officer = someone(house, "ig_officer")
    with house.work(*officer) as ctx:
        use_cases.find(ctx, audit.id, kind="breach", words="Opened a case of a neighbour", person_id=person)

    [finding] = every(house, AccessAuditFinding)
    assert b"neighbour" not in finding.words
    place = f"access_audit_findings.words:{finding.id}"
    assert house.the(KeyRing).open(finding.words, place=place) == b"Opened a case of a neighbour"
    [entry] = logged(house, "access_audit.found")
    assert "neighbour" not in entry.detail
    assert str(finding.id) in entry.detail
    with house.work(*officer) as ctx:
        [read] = reports.view(ctx, audit.id).findings
    assert (read.words, read.said, read.person) == (
        "Opened a case of a neighbour", "To be raised as a breach", "Holder 0 Made-Up",
    )  # fmt: skip


@pytest.mark.rule("AUD-5")
def test_a_finding_is_of_somebody_in_the_audit_of_a_known_kind_and_short(house: House, clock: FixedClock) -> None:
    audit, _ = opened(house, clock)
    officer = someone(house, "ig_officer")
    stranger = a_person(house, organisation_id=an_employer(house))

    for wrong, pointer in (
        ({"kind": "odd"}, "/kind"),
        ({"words": " "}, "/words"),
        ({"words": "x" * 1001}, "/words"),
        ({"words": "a\u202eb"}, "/words"),
        ({"person_id": stranger.id}, "/person_id"),
    ):
        with pytest.raises(Invalid) as refused, house.work(*officer) as ctx:
            use_cases.find(ctx, audit.id, **({"kind": "training", "words": "-"} | wrong))
        assert refused.value.fields[0].pointer == pointer
    assert every(house, AccessAuditFinding) == []


@pytest.mark.rule("AUD-5", "ROL-3")
def test_whoever_is_in_an_audit_does_not_sign_it_off(house: House, clock: FixedClock) -> None:
    """Employed there; with a role for it; with a licence of it; counted in it; reported in it since."""
    audit, _ = opened(house, clock)
    theirs = audit.organisation_id
    elsewhere = an_employer(house)
    employed = someone(house, "ig_officer", organisation_id=theirs)
    role = someone(house, "escalation_contact", "ig_officer", organisation_id=theirs)
    holder = a_person(house, "ig_officer", organisation_id=elsewhere)
    had_one = a_person(house, "steering_member")
    with house.work(worker("test")) as ctx:
        rows_made(
            ctx,
            _licence(ctx.new_id(), holder.id, theirs, "requested", None),
            _licence(ctx.new_id(), had_one.id, theirs, "deactivated", datetime(2026, 10, 2, 9, tzinfo=UTC)),
        )
    counted = a_person(house, "hub_manager", organisation_id=elsewhere)
    with house.work(worker("test")) as ctx:
        ctx.session.add(AccessAuditFigure(audit_id=audit.id, person_id=counted.id, **dict.fromkeys(FIGURES, 0)))
    late = a_person(house, "ig_officer")
    reported(house, late.id, NOON, organisation_id=theirs)

    for who in (employed, role, *(at_work(house, each) for each in (holder, had_one, counted, late))):
        with pytest.raises(InTheAudit) as refused:
            signed(house, who, audit)
        assert (refused.value.rule, refused.value.code) == ("AUD-5", "access-audit-own")
    assert audit_of(house, theirs).status == "opened"
    signed(house, someone(house, "ig_officer", organisation_id=elsewhere), audit)


@pytest.mark.rule("AUD-5", "ROL-3")
def test_whoever_wrote_a_finding_leaves_the_signing_to_another(house: House, clock: FixedClock) -> None:
    audit, _ = opened(house, clock)
    officer, another = someone(house, "ig_officer"), someone(house, "ig_officer")
    found(house, officer, audit)
    found(house, another, audit)

    for who in (officer, another):
        with pytest.raises(OwnFinding) as refused:
            signed(house, who, audit)
        assert refused.value.rule == "AUD-5"
    assert signed(house, someone(house, "hub_manager"), audit).status == "signed_off"


@pytest.mark.rule("AUD-5")
def test_the_hosts_own_audit_is_signed_by_an_officer_or_a_steering_member_from_elsewhere(
    house: House, clock: FixedClock
) -> None:
    """The hub team works for a partner: in that one's audit they are in it, and somebody else can always sign."""
    audit, _ = opened(house, clock, code="host")
    manager = someone(house, "hub_manager", organisation_id=audit.organisation_id)
    officer = a_person(house, "ig_officer", full_name="Ida Made-Up")
    member = a_person(house, "steering_member", full_name="Stella Made-Up")

    def names() -> list[str]:
        with house.reading(manager.actor) as ctx:
            return queries.signers(ctx, audit)

    assert names() == ["Ida Made-Up", "Stella Made-Up"]
    found(house, at_work(house, officer), audit)
    assert names() == ["Stella Made-Up"]
    with pytest.raises(InTheAudit):
        signed(house, manager, audit)
    assert signed(house, at_work(house, member), audit).signed_by == str(member.id)


@pytest.mark.rule("AUD-5")
def test_signed_off_an_audit_is_over(house: House, clock: FixedClock) -> None:
    audit, _ = opened(house, clock)
    officer, manager = someone(house, "ig_officer"), someone(house, "hub_manager")
    with pytest.raises(FreshCodeNeeded):
        signed(house, someone(house, "hub_manager", fresh=False), audit)
    with pytest.raises(Invalid), house.work(*manager) as ctx:
        use_cases.sign_off(ctx, audit.id, conclusion=" ")
    signed(house, manager, audit)

    with pytest.raises(AuditOver):
        signed(house, officer, audit)
    with pytest.raises(AuditOver):
        found(house, officer, audit)

    kept = audit_of(house, audit.organisation_id)
    assert kept.conclusion is not None
    assert b"stands" not in kept.conclusion
    with house.work(*officer) as ctx:
        report = reports.view(ctx, audit.id)
    assert (report.progress, report.conclusion, report.signers) == (Progress.SIGNED, "Nothing stands in the way", ())


@pytest.mark.rule("AUD-5", "ROL-4")
def test_who_may_do_what_and_another_organisations_audit_does_not_exist(house: House, clock: FixedClock) -> None:
    audit, _ = opened(house, clock)
    own = partner(audit.organisation_id, "escalation_contact")
    other = partner(an_employer(house), "escalation_contact")

    for actor in (hub("hub_manager"), hub("ig_officer"), hub("steering_member"), own):
        with acting(house, actor) as ctx:
            assert reports.view(ctx, audit.id).id == audit.id
    with acting(house, other) as ctx:
        assert queries.audits(ctx).rows == ()
        with pytest.raises(NotFound):
            reports.view(ctx, audit.id)
        with pytest.raises(NotFound):
            use_cases.sign_off(ctx, audit.id, conclusion="-")
    for actor in (hub("hub_coordinator"), hub("hub_supervisor"), partner(audit.organisation_id)):
        with pytest.raises(Forbidden), acting(house, actor) as ctx:
            reports.view(ctx, audit.id)
    for actor in (hub("hub_manager"), hub("steering_member"), own):
        with pytest.raises(Forbidden), acting(house, actor) as ctx:
            use_cases.find(ctx, audit.id, kind="training", words="-")
    with pytest.raises(Forbidden), acting(house, own) as ctx:
        use_cases.sign_off(ctx, audit.id, conclusion="-")
    with house.reading(worker("test")) as ctx:
        again_ = counting.count(ctx, Quarter(2026, 4))
    with pytest.raises(Forbidden), acting(house, hub("hub_manager")) as ctx:
        use_cases.open_audit(ctx, again_, audit.organisation_id)
    with pytest.raises(AuditOpenAlready), house.work(worker("test")) as ctx:
        use_cases.open_audit(ctx, again_, audit.organisation_id)


@pytest.mark.rule("AUD-5", "AUD-6", "DEC-6")
def test_flags_of_the_quarter_are_shown_to_those_who_may_know_of_them(house: House, clock: FixedClock) -> None:
    """By when it happened, where it was reported; else by when it was raised. Never to whom they are about."""
    audit, person = opened(house, clock)
    reader = someone(house, "ig_officer")
    of_it = reported(house, person, NOON)
    of_the_next = reported(house, person, datetime(2027, 1, 2, 12, tzinfo=UTC))
    with house.work(worker("test")) as ctx:
        rows_made(
            ctx,
            *(_flag(ctx.new_id(), audit, person, "bulk", decided=decided) for decided in (True, False)),
            _flag(ctx.new_id(), audit, UUID(reader.actor.id), "concern"),
            _flag(after := ctx.new_id(), audit, person, "out_of_hours"),
            _flag(late := ctx.new_id(), audit, person, "no_involvement", at=datetime(2027, 1, 4, tzinfo=UTC)),
            _flag(ctx.new_id(), audit, person, "refused_often", at=datetime(2027, 1, 4, tzinfo=UTC)),
        )
        ctx.session.flush()
        ctx.session.add_all(
            AccessFlagEntry(flag_id=flag, number=one) for flag, one in ((after, of_the_next), (late, of_it))
        )

    with house.work(*reader) as ctx:
        flags = reports.view(ctx, audit.id).flags
    with acting(house, partner(audit.organisation_id, "escalation_contact")) as ctx:
        theirs = reports.view(ctx, audit.id).flags

    assert flags is not None
    assert [(each.rule, each.number, each.waiting) for each in flags] == [("bulk", 2, 1), ("no_involvement", 1, 1)]
    assert theirs is None


@pytest.mark.rule("AUD-5")
def test_reading_and_taking_away_leave_their_entries(house: House, clock: FixedClock) -> None:
    audit, _ = opened(house, clock)
    reader = someone(house, "ig_officer")
    with house.work(*reader) as ctx:
        reports.view(ctx, audit.id)
        reports.export(ctx, audit.id, "pdf")
    stale = replace(reader.origin, fresh_until=None)
    with pytest.raises(FreshCodeNeeded), house.work(reader.actor, stale) as ctx:
        reports.export(ctx, audit.id, "pdf")
    with pytest.raises(Invalid), house.work(*reader) as ctx:
        reports.export(ctx, audit.id, "odt")

    for event in ("access_audit.viewed", "access_audit.exported"):
        [entry] = logged(house, event)
        assert (entry.subject_id, entry.organisation) == (str(audit.id), str(audit.organisation_id))


def _licence(one: UUID, person: UUID, organisation: UUID, status: str, ended: datetime | None) -> Licence:
    began = datetime(2026, 9, 1, tzinfo=UTC)
    return Licence(
        id=one, person_id=person, organisation_id=organisation, kind="standing", status=status, reason="-",
        requested_by="-", requested_at=began, activated_at=began if ended else None, deactivated_at=ended,
    )  # fmt: skip


def _flag(
    one: UUID, audit: AccessAudit, person: UUID, rule: str, *, at: datetime = NOON, decided: bool = False
) -> AccessFlag:
    return AccessFlag(
        id=one, key=str(one), rule=rule, status="open", person_id=person, organisation_id=audit.organisation_id,
        accesses=1, raised_by="-", raised_at=at, due_on=NOON.date(), decided_at=NOON if decided else None,
    )  # fmt: skip
