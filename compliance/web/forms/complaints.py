"""What people fill in to complain about another organisation, and at each stage of a complaint (COM-1 to COM-4)."""

from __future__ import annotations

from wtforms import HiddenField

from compliance.complaints.rules import Speaker

from .fields import Day, Email, Line, OneOf, OneOfMany, Paper, Prose
from .plain import Needed, PlainForm
from .register import Question

NO_NAMES = "Do not name a victim, child or perpetrator: give the case reference instead."
YES, NO = "yes", "no"


class ComplaintQuestion(Question):
    search = Line("Search by organisation, number or case reference")
    which = OneOfMany("Which complaints?")
    stage = OneOfMany("Stage")
    theme = OneOfMany("Theme")


class OnBehalf(PlainForm):
    """A form that somebody of the hub sends for an organisation that has no account; others are not asked."""

    on_behalf = OneOfMany("For which organisation do you act?")


class OurSide(OnBehalf):
    """Who speaks for one's own organisation."""

    our_name = Line("Who speaks for your organisation?", [Needed("Enter the full name.")], description="Full name.")
    our_post = Line("Their post", [Needed("Enter their post.")])
    our_email = Email(
        "Their work e-mail address",
        description="Letters go there. Leave it empty if you do not know it: then their organisation’s contacts are told.",
    )

    @property
    def ours(self) -> Speaker:
        return Speaker(self.our_name.data or "", self.our_post.data or "", self.our_email.data or None)


class BothSides(OurSide):
    """Who speaks for either organisation at a stage."""

    their_name = Line(
        "Who speaks for the other organisation?", [Needed("Enter the full name.")], description="Full name."
    )
    their_post = Line("Their post", [Needed("Enter their post.")])
    their_email = Email("Their work e-mail address", description="At their organisation. Leave it empty if unknown.")

    @property
    def theirs(self) -> Speaker:
        return Speaker(self.their_name.data or "", self.their_post.data or "", self.their_email.data or None)


class _AtOnce:
    """The answers to whether somebody is in danger now."""

    CHOICES = ((NO, "No"), (YES, "Yes: each stage is met the same working day"))


class RaiseComplaint(BothSides):
    """A complaint about another organisation."""

    from_id = OneOfMany("Which organisation complains?", [Needed("Choose the organisation that complains.")])
    about = OneOfMany("About which organisation?", [Needed("Choose the organisation that it is about.")])
    theme = OneOfMany("What is it about?", [Needed("Choose what it is about.")])
    area = OneOfMany("At which area MARAC?")
    reference = Line("Case reference, if it is about a case", description="Only the reference, such as MC-1042.")
    immediate_risk = OneOf(
        "Is anybody at immediate risk?", [Needed("Say whether anybody is at immediate risk.")], choices=_AtOnce.CHOICES
    )
    words = Prose("What is the disagreement?", [Needed("Say what the disagreement is.")], description=NO_NAMES)


class TakeUpAgain(BothSides):
    """A complaint that was resolved, once more."""

    immediate_risk = OneOf(
        "Is anybody at immediate risk?", [Needed("Say whether anybody is at immediate risk.")], choices=_AtOnce.CHOICES
    )
    words = Prose("Why is it taken up again?", [Needed("Say why it is taken up again.")], description=NO_NAMES)


class Discussion(OnBehalf):
    """What was discussed at a stage."""

    stage = HiddenField()
    held_on = Day("When did you talk?", [Needed("Enter the day on which you talked.")])
    words = Prose(
        "What was discussed, and what came of it?",
        [Needed("Say what was discussed.")],
        description=f"Both organisations and the MARAC Hub Team read it. {NO_NAMES}",
    )


class Report(OnBehalf):
    """The written report for the next stage, here or as a file."""

    stage = HiddenField()
    to_name = Line(
        "Who is it sent to?", [Needed("Enter the full name of whom it is sent to.")], description="Full name."
    )
    to_post = Line("Their post", [Needed("Enter their post.")])
    words = Prose("The report, if you write it here", description=NO_NAMES)
    report = Paper("Or the report as a file", description="PDF, DOCX, PNG or JPEG, at most 10 MB.")
    answer_by = Day("Answer by", description="Leave it empty for the last day that the next stage may take.")


class Escalate(BothSides):
    """Up by one stage, with who speaks there."""

    stage = HiddenField()


class Resolve(OnBehalf):
    """The outcome that both agreed to."""

    stage = HiddenField()
    outcome = Prose(
        "What was agreed?",
        [Needed("Say what was agreed.")],
        description=f"Both organisations read it as the end of this complaint. {NO_NAMES}",
    )


class FinalResolution(PlainForm):
    resolution = Prose(
        "Your resolution",
        [Needed("Give your resolution.")],
        description=f"Both organisations read it. It is final. {NO_NAMES}",
    )
