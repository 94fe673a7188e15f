"""The four stages of a complaint: one at a time, upwards, with what each asks for before it opens (COM-1 to COM-4)."""

from __future__ import annotations

import pytest

from compliance.complaints.errors import (
    AboutItself,
    ChairIsInIt,
    ChairsWordIsFinal,
    ComplaintEnded,
    NoFurtherStage,
    NoReportHere,
    NothingRecorded,
    NotTheirAddress,
    NotTheirsToResolve,
    NotYetTheChairs,
    ReportMissing,
    ReportSent,
    ReportUnfit,
    SamePersonOnBothSides,
    StageMoved,
    StillOpen,
    TakenUpAlready,
)
from compliance.complaints.models import Complaint
from compliance.complaints.reporting import Written
from compliance.complaints.use_cases import Matter, raise_complaint, record_discussion
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid
from tests.builders.complaints import (
    a_complaint,
    again,
    at_stage,
    day,
    escalates,
    partners,
    records,
    reports,
    resolves,
    rules_on,
    sides,
    stages,
    story,
    taken_up,
)
from tests.builders.identity import every, someone
from tests.builders.signatories import a_docx, a_jpeg, a_pdf, a_png


@pytest.mark.rule("COM-1", "COM-2", "COM-3", "COM-4", "COM-8")
def test_a_complaint_goes_through_all_four_stages_and_ends_with_the_chairs_word(house: House) -> None:
    it, chair = partners(house), someone(house, "executive_chair")
    complaint = a_complaint(it, reference="MC-1")
    assert (complaint.year, complaint.number, complaint.stage, complaint.status) == (2026, 1, 1, "open")
    records(it, complaint)
    escalates(it, complaint)
    records(it, complaint)
    reports(it, complaint)
    escalates(it, complaint)
    records(it, complaint)
    reports(it, complaint, to_name="The chair", to_post="Chair of the Executive Group")
    escalates(it, complaint, by=it.theirs)
    ended = rules_on(it, complaint, chair)

    assert (ended.stage, ended.status, ended.ended_by) == (4, "final", chair.actor.id)
    assert [each.stage for each in stages(it, complaint)] == [1, 2, 3, 4]
    # Saturday 21 November 2026: 5, 5, 10 and 10 working days after it.
    assert [each.due_on for each in stages(it, complaint)] == [
        day("2026-11-27"), day("2026-11-27"), day("2026-12-04"), day("2026-12-04"),
    ]  # fmt: skip
    assert all(each.ended_at for each in stages(it, complaint))
    assert len(sides(it, complaint)) == 8
    for who in (it.ours, it.theirs, it.hub, chair):
        told = story(it, complaint, who)
        assert [each.what for each in told.story].count("recorded") == 6
        assert told.story[0].what == "raised"
        assert told.outcome == "Both change how they work."
    with pytest.raises(ChairsWordIsFinal):
        taken_up(it, complaint)


@pytest.mark.rule("COM-2", "COM-3")
def test_a_stage_opens_only_from_the_one_seen_with_ones_own_record_and_its_report(sqlite_house: House) -> None:
    it = partners(sqlite_house)
    complaint = a_complaint(it)
    with pytest.raises(NothingRecorded):
        escalates(it, complaint)
    records(it, complaint, it.theirs)
    with pytest.raises(NothingRecorded):
        escalates(it, complaint)
    with pytest.raises(NothingRecorded):
        resolves(it, complaint)
    with pytest.raises(NoReportHere):
        reports(it, complaint)
    for wrong in (2, 3, 0):
        with pytest.raises(StageMoved):
            escalates(it, complaint, stage=wrong)
    records(it, complaint, it.ours)
    escalates(it, complaint)
    for act in (escalates, resolves, reports):
        with pytest.raises(StageMoved):
            act(it, complaint, stage=1)
    with pytest.raises(StageMoved):
        records(it, complaint, it.ours, stage=1)

    records(it, complaint, it.ours)
    with pytest.raises(ReportMissing):
        escalates(it, complaint)
    reports(it, complaint, by=it.theirs)
    with pytest.raises(ReportSent):
        reports(it, complaint)
    escalates(it, complaint)
    assert again(it, complaint).stage == 3
    assert story(it, complaint, it.ours).missing == [(2, it.refuge)]
    records(it, complaint)
    with pytest.raises(ReportMissing):
        escalates(it, complaint)


@pytest.mark.rule("COM-3")
def test_a_report_is_words_or_a_file_of_a_kind_judged_by_content_and_never_empty(sqlite_house: House) -> None:
    it = partners(sqlite_house)
    complaint = at_stage(it, 2)
    for unfit in (b"", b"just words", b"PK\x03\x04", b"GIF89a"):
        with pytest.raises(ReportUnfit) as refused:
            reports(it, complaint, written=Written(file_name="report.pdf", content=unfit))
        assert refused.value.fields[0].pointer == "/report"
        assert refused.value.rule == "COM-3"
    for neither in (Written(), Written(words="  \n"), Written(words="both", file_name="r.pdf", content=a_pdf())):
        with pytest.raises(Invalid):
            reports(it, complaint, written=neither)
    for late in ("2026-11-20", "2026-12-05"):
        with pytest.raises(Invalid) as wrong:
            reports(it, complaint, answer_by=day(late))
        assert wrong.value.fields[0].pointer == "/answer_by"
    for number, file in enumerate((a_pdf(), a_docx(), a_png(), a_jpeg())):
        each = at_stage(it, 2)
        sent = reports(
            it, each, written=Written(file_name=f"report-{number}", content=file), answer_by=day("2026-12-04")
        )
        assert sent.file is not None
        assert file not in sent.file, "sealed"
    assert reports(it, complaint).answer_by == day("2026-12-04")


@pytest.mark.rule("COM-1", "COM-2")
def test_two_sides_are_two_organisations_and_two_people(sqlite_house: House) -> None:
    it = partners(sqlite_house)
    house = sqlite_house
    matter = Matter("research", "Late.")
    ours, theirs = it.speaker(it.swale), it.speaker(it.refuge)

    def tries(about: object = None, mine: object = ours, other: object = theirs, matter: Matter = matter) -> None:
        with house.work(*it.ours) as ctx:
            raise_complaint(ctx, it.swale, about or it.refuge, matter, ours=mine, theirs=other)  # type: ignore[arg-type]

    with pytest.raises(AboutItself):
        tries(about=it.swale)
    named = it.speaker(it.swale, email=None)
    for same in (
        it.speaker(it.refuge, name="  swale  MANAGER 1", email=None),
        it.speaker(it.refuge, name=named.name, email="level1@refuge-council.example"),
    ):
        with pytest.raises(SamePersonOnBothSides):
            tries(mine=named, other=same)
    for elsewhere in ("level1@swale-council.example", "dee@gmail.com", "dee@sub.refuge-council.example"):
        with pytest.raises(NotTheirAddress) as refused:
            tries(other=it.speaker(it.refuge, email=elsewhere))
        assert refused.value.fields[0].pointer == "/their_email"
    for wrong, pointer in (
        (Matter("moon", "Late."), "/theme"), (Matter("research", " "), "/words"),
        (Matter("research", "x" * 2001), "/words"), (Matter("research", "a\x00b"), "/words"),
        (Matter("research", "a\u202eb"), "/words"), (Matter("research", "Late.", area="moon"), "/area"),
        (Matter("research", "Late.", reference="x" * 256), "/reference"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            tries(matter=wrong)
        assert invalid.value.fields[0].pointer == pointer
    with pytest.raises(Invalid):
        tries(mine=it.speaker(it.swale, name=" "))
    assert every(house, Complaint) == []

    complaint = a_complaint(it)
    records(it, complaint)
    with pytest.raises(SamePersonOnBothSides):
        escalates(it, complaint, ours=it.speaker(it.swale, 2, email=None, name="Refuge manager 2"))
    assert again(it, complaint).stage == 1


@pytest.mark.rule("COM-4")
def test_only_who_complained_says_it_is_resolved_and_it_is_taken_up_again_once(sqlite_house: House) -> None:
    it = partners(sqlite_house)
    complaint = a_complaint(it, reference="MC-9")
    records(it, complaint)
    with pytest.raises(NotTheirsToResolve):
        resolves(it, complaint, by=it.theirs)
    with pytest.raises(StillOpen):
        taken_up(it, complaint)
    with pytest.raises(Invalid):
        resolves(it, complaint, outcome=" ")
    ended = resolves(it, complaint)
    assert (ended.status, ended.stage) == ("resolved", 1)
    assert b"day three" not in (ended.outcome or b"")
    for act in (escalates, resolves, reports):
        with pytest.raises(ComplaintEnded):
            act(it, complaint)
    with pytest.raises(ComplaintEnded):
        records(it, complaint, it.theirs)

    new = taken_up(it, complaint, by=it.theirs)
    assert (new.follows_id, new.stage, new.reference, new.theme) == (complaint.id, 1, "MC-9", "research")
    assert (new.from_organisation_id, new.number) == (it.refuge, 2)
    with pytest.raises(TakenUpAlready):
        taken_up(it, complaint)
    assert story(it, complaint, it.ours).taken_up_by == new.id
    assert story(it, new, it.ours).follows.id == complaint.id  # type: ignore[union-attr]


@pytest.mark.rule("COM-1", "ROL-3")
def test_the_chairs_word_needs_stage_four_a_fresh_code_and_a_chair_who_is_in_neither(sqlite_house: House) -> None:
    it = partners(sqlite_house)
    chair, stale = someone(sqlite_house, "executive_chair"), someone(sqlite_house, "executive_chair", fresh=False)
    both = someone(sqlite_house, "executive_chair", "delegate", organisation_id=it.swale)
    third = at_stage(it, 3)
    with pytest.raises(NotYetTheChairs):
        rules_on(it, third, both)
    fourth = at_stage(it, 4)
    with pytest.raises(NoFurtherStage):
        escalates(it, fourth, stage=4)
    with pytest.raises(ChairIsInIt):
        rules_on(it, fourth, both)
    with pytest.raises(FreshCodeNeeded):
        rules_on(it, fourth, stale)
    for other in (it.ours, it.hub):
        with pytest.raises(Forbidden):
            rules_on(it, fourth, other)
    rules_on(it, fourth, chair)
    with pytest.raises(ComplaintEnded):
        rules_on(it, fourth, chair)


@pytest.mark.rule("COM-2")
def test_the_hub_records_for_an_organisation_that_has_no_account_and_says_for_which(sqlite_house: House) -> None:
    it = partners(sqlite_house)
    complaint = a_complaint(it)
    said = {"stage": 1, "held_on": day("2026-11-21"), "words": "They rang."}
    for nobody in (None, it.hub.actor.person_id):
        with pytest.raises(Invalid), sqlite_house.work(*it.hub) as ctx:
            record_discussion(ctx, complaint.id, **said, on_behalf=nobody)  # type: ignore[arg-type]
    with pytest.raises(Invalid), sqlite_house.work(*it.ours) as ctx:
        record_discussion(ctx, complaint.id, **said, on_behalf=it.refuge)  # type: ignore[arg-type]
    with sqlite_house.work(*it.hub) as ctx:
        made = record_discussion(ctx, complaint.id, **said, on_behalf=it.refuge)  # type: ignore[arg-type]
    assert made.organisation_id == it.refuge
    for wrong in ("2026-11-22", "2027-01-01"):
        with pytest.raises(Invalid):
            records(it, complaint, it.ours, held_on=day(wrong))
