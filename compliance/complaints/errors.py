"""How a complaint, or a step in one, is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, FieldError, Forbidden, Invalid, StaleForm


class AboutItself(Invalid):
    code = "complaint-about-itself"
    rule = "COM-1"
    detail = "An organisation cannot complain about itself. Choose the other organisation."

    def __init__(self) -> None:
        super().__init__(fields=(FieldError("/about", self.detail),))


class SamePersonOnBothSides(Invalid):
    code = "complaint-one-person-two-sides"
    rule = "COM-2"
    detail = "The same person cannot speak for both organisations. Name somebody else on one side."

    def __init__(self) -> None:
        super().__init__(fields=(FieldError("/their_name", self.detail),))


class NotTheirAddress(Invalid):
    code = "complaint-address-not-theirs"
    rule = "COM-7"
    detail = "Use an official address of this person’s organisation, or leave it empty."


class ReportUnfit(Invalid):
    code = "complaint-report-unfit"
    rule = "COM-3"
    detail = "The report cannot be taken as it is."


class ComplaintEnded(Conflict):
    code = "complaint-ended"
    rule = "COM-4"
    detail = "This complaint has ended. Nothing of yours was kept: look at how it ended."


class StageMoved(StaleForm):
    code = "complaint-stage-moved"
    rule = "COM-2"
    detail = "Somebody else has moved this complaint to another stage. Nothing of yours was kept: look at it again."


class NoFurtherStage(Conflict):
    code = "complaint-no-further-stage"
    rule = "COM-1"
    detail = "This is the last stage: the chair’s resolution is final."


class NotYetTheChairs(Conflict):
    code = "complaint-not-yet-the-chairs"
    rule = "COM-1"
    detail = "The chair resolves a complaint at stage 4 only."


class NothingRecorded(Conflict):
    code = "complaint-nothing-recorded"
    rule = "COM-2"
    detail = "Record your organisation’s discussions at this stage first."


class ReportMissing(Conflict):
    code = "complaint-report-missing"
    rule = "COM-3"
    detail = "The next stage does not open without a written report. Send the report first."


class ReportSent(Conflict):
    code = "complaint-report-sent"
    rule = "COM-3"
    detail = "The report for the next stage was sent already. Nothing of yours was kept."


class NoReportHere(Conflict):
    code = "complaint-no-report-here"
    rule = "COM-3"
    detail = "The next stage needs no report. Escalate without one."


class NotTheirsToResolve(Forbidden):
    code = "complaint-not-theirs-to-resolve"
    rule = "COM-4"
    detail = (
        "Only the organisation that complained says that it is resolved. Record what you agreed to in your discussions."
    )


class ChairIsInIt(Forbidden):
    code = "complaint-chair-is-in-it"
    rule = "ROL-3"
    detail = "You belong to one of the two organisations, or raised this. Another chair has to resolve it."


class StillOpen(Conflict):
    code = "complaint-still-open"
    rule = "COM-4"
    detail = "This complaint is open. Go on with it as it stands."


class ChairsWordIsFinal(Conflict):
    code = "complaint-final"
    rule = "COM-1"
    detail = "The chair has resolved this, and that is final. It cannot be taken up again."


class TakenUpAlready(Conflict):
    code = "complaint-taken-up-already"
    rule = "COM-4"
    detail = "Another complaint takes this one up again already. Go on with that."
