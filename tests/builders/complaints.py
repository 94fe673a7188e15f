"""Two organisations, their people, and a complaint between them at whatever stage a test is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from compliance.complaints import reporting, ruling, showing, use_cases
from compliance.complaints.models import Complaint, ComplaintReport, ComplaintSide, ComplaintStage
from compliance.complaints.reporting import Written
from compliance.complaints.rules import Speaker
from compliance.complaints.use_cases import Matter
from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from tests.builders.identity import Acting, a_person, at_work, every, someone
from tests.builders.signatories import an_organisation

WORDS = "The research for the meeting came a week late."


@dataclass
class Partners:
    """Two organisations and somebody at work for each: `ours` complains, `theirs` is complained about."""

    house: House
    swale: UUID
    refuge: UUID
    ours: Acting
    theirs: Acting
    hub: Acting
    addressed: bool = True

    def speaker(self, organisation_id: UUID, stage: int = 1, **said: Any) -> Speaker:
        """A person of this organisation for a stage, at its own address."""
        code = "swale" if organisation_id == self.swale else "refuge"
        email = f"level{stage}@{code}-council.example" if self.addressed else None
        named = {"name": f"{code.title()} manager {stage}", "post": f"Manager, level {stage}", "email": email}
        return Speaker(**(named | said))

    def pair(self, by: UUID, stage: int = 1) -> dict[str, Speaker]:
        """Both sides of a stage, as this organisation names them."""
        other = self.refuge if by == self.swale else self.swale
        return {"ours": self.speaker(by, stage), "theirs": self.speaker(other, stage)}


def partners(house: House) -> Partners:
    """Swale and the refuge, a delegate each, and somebody of the hub."""
    swale, refuge = an_organisation(house, "swale"), an_organisation(house, "refuge")
    ours = at_work(
        house,
        a_person(house, "delegate", organisation_id=swale, email="del@swale-council.example", full_name="Sol Reed"),
    )
    theirs = at_work(
        house,
        a_person(house, "delegate", organisation_id=refuge, email="del@refuge-council.example", full_name="Ray Moss"),
    )
    return Partners(house, swale, refuge, ours, theirs, someone(house, "hub_coordinator"))


def between(house: House, one: UUID, other: UUID) -> Partners:
    """Two organisations that there are, with a delegate each; their speakers have given no address."""
    ours, theirs = (someone(house, "delegate", organisation_id=each) for each in (one, other))
    return Partners(house, one, other, ours, theirs, someone(house, "hub_coordinator"), addressed=False)


def a_complaint(it: Partners, *, by: Acting | None = None, **said: Any) -> Complaint:
    """Swale complains about the refuge, of late research unless told."""
    matter = Matter(**({"theme": "research", "words": WORDS} | said))
    with it.house.work(*(by or it.ours)) as ctx:
        return use_cases.raise_complaint(ctx, it.swale, it.refuge, matter, **it.pair(it.swale))


def records(
    it: Partners, complaint: Complaint, *who: Acting, stage: int | None = None, words: str = "We talked.", **said: Any
) -> None:
    """Each of these records discussions of today at the stage that the complaint stands at."""
    for each in who or (it.ours, it.theirs):
        with it.house.work(*each) as ctx:
            use_cases.record_discussion(
                ctx, complaint.id, stage=stage or again(it, complaint).stage,
                held_on=said.get("held_on", london_date(ctx.now())), words=words,
            )  # fmt: skip


def reports(it: Partners, complaint: Complaint, *, by: Acting | None = None, **said: Any) -> ComplaintReport:
    """The report for the next stage is sent, written here unless told."""
    given: dict[str, Any] = {
        "stage": again(it, complaint).stage, "written": Written("What went wrong, in full."),
        "to_name": "Dee Rector", "to_post": "Assistant director",
    }  # fmt: skip
    with it.house.work(*(by or it.ours)) as ctx:
        return reporting.send_report(ctx, complaint.id, **(given | said))


def escalates(it: Partners, complaint: Complaint, *, by: Acting | None = None, **said: Any) -> Complaint:
    """The complaint goes up by one stage."""
    who = by or it.ours
    stage = said.pop("stage", again(it, complaint).stage)
    pair = it.pair(who.actor.organisation_id or it.swale, min(stage + 1, 4)) | said
    with it.house.work(*who) as ctx:
        return use_cases.escalate(ctx, complaint.id, stage=stage, **pair)


def resolves(it: Partners, complaint: Complaint, *, by: Acting | None = None, **said: Any) -> Complaint:
    """It is resolved, with an outcome."""
    stage = said.pop("stage", again(it, complaint).stage)
    with it.house.work(*(by or it.ours)) as ctx:
        return use_cases.resolve(
            ctx, complaint.id, stage=stage, **({"outcome": "Research is sent on day three."} | said)
        )


def rules_on(it: Partners, complaint: Complaint, by: Acting) -> Complaint:
    """The chair resolves it."""
    with it.house.work(*by) as ctx:
        return ruling.give_final_resolution(ctx, complaint.id, resolution="Both change how they work.")


def taken_up(it: Partners, complaint: Complaint, *, by: Acting | None = None) -> Complaint:
    """It is taken up again by a new one."""
    who = by or it.ours
    pair = it.pair(who.actor.organisation_id or it.swale)
    with it.house.work(*who) as ctx:
        return use_cases.take_up_again(ctx, complaint.id, words="It happened again.", immediate_risk=False, **pair)


def at_stage(it: Partners, stage: int, **said: Any) -> Complaint:
    """A complaint that has come to this stage by every step before it."""
    complaint = a_complaint(it, **said)
    while again(it, complaint).stage < stage:
        records(it, complaint)
        if again(it, complaint).stage + 1 >= 3:
            reports(it, complaint)
        escalates(it, complaint)
    return again(it, complaint)


def again(it: Partners, complaint: Complaint) -> Complaint:
    """The complaint as it is now."""
    return next(each for each in every(it.house, Complaint) if each.id == complaint.id)


def stages(it: Partners, complaint: Complaint) -> list[ComplaintStage]:
    """Its stages, in their order."""
    found = [each for each in every(it.house, ComplaintStage) if each.complaint_id == complaint.id]
    return sorted(found, key=lambda each: each.stage)


def sides(it: Partners, complaint: Complaint) -> list[ComplaintSide]:
    """Everybody who spoke at any of its stages."""
    return [each for each in every(it.house, ComplaintSide) if each.complaint_id == complaint.id]


def story(it: Partners, complaint: Complaint, who: Acting) -> showing.Whole:
    """What this person is shown of it."""
    with it.house.work(*who) as ctx:
        return showing.view(ctx, complaint.id)


def day(text: str) -> date:
    """A date as `2026-11-27`."""
    return date.fromisoformat(text)
