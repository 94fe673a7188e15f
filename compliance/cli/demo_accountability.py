"""The demo's scene of accountability: two partners before the groups, and two complaints about data (GOV-2, COM-9)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from compliance.complaints.data_protection import use_cases as data_complaints
from compliance.complaints.data_protection.rules import Channel, Progress
from compliance.complaints.data_protection.use_cases import Came
from compliance.governance.escalations import use_cases as escalations
from compliance.governance.escalations.rules import About, Level
from compliance.governance.escalations.use_cases import Ask
from compliance.kernel.clock import london_date

from .demo_stage import Somebody, Stage

SILENT = "kmpt"


def some_do_not_take_part(stage: Stage, delegate: Somebody) -> UUID:
    """The steering group asks two partners: one answers, the other does not. Gives the one that was answered."""
    with stage.as_(_who(stage, "steering_member")) as ctx:
        escalations.open_escalation(
            ctx, stage.organisation_id(SILENT), about=About.ATTENDANCE,
            grounds="Nobody was at five of the last six meetings.",
            ask=Ask("Name who comes from now on, and who stands in for them.", "The head of safeguarding"),
        )  # fmt: skip
        opened = escalations.open_escalation(
            ctx, stage.organisation_id("swale"), about=About.RESEARCH,
            grounds="In the last quarter, research came after the fifth working day for every second case.",
            ask=Ask("Say what keeps research from being sent in time.", "The head of housing"),
        ).id  # fmt: skip
    with stage.as_(delegate) as ctx:
        escalations.answer(
            ctx, opened, level=Level.STEERING, words="One person does all of it. We train a second one by the spring."
        )
    return opened


def it_goes_on(stage: Stage, escalation_id: UUID, coordinator: Somebody) -> None:
    """The answer did not help, so that the tactical group asks; and people complain about their data."""
    with stage.as_(_who(stage, "steering_member")) as ctx:
        ask = Ask("Bring a plan with dates for the months until then.", "The director of housing")
        escalations.raise_higher(ctx, escalation_id, level=Level.STEERING, ask=ask)
    _some_complain_about_data(stage, coordinator)


def _some_complain_about_data(stage: Stage, coordinator: Somebody) -> None:
    """One complaint is worked on, another was put into the register and waits to be acknowledged."""
    with stage.as_(coordinator) as ctx:
        today = london_date(ctx.now())
        worked_on = data_complaints.record_complaint(
            ctx,
            Came(Channel.EMAIL, today - timedelta(days=12), "The writer of e-mail 2026/118.",
                 "They ask why a housing officer knew of a meeting, and were not told.", stage.organisation_id("swale")),
        )  # fmt: skip
        data_complaints.acknowledge(ctx, worked_on.id, on=today - timedelta(days=2))
        data_complaints.note(
            ctx,
            worked_on.id,
            kind=Progress.ENQUIRY,
            words="The partner was asked who attended, and on which invitation.",
        )
        data_complaints.record_complaint(
            ctx,
            Came(Channel.LETTER, today - timedelta(days=24), "The writer of letter 2026/41.",
                 "They say that an old address of theirs is still in use."),
        )  # fmt: skip


def _who(stage: Stage, role: str) -> Somebody:
    return next(each for each in stage.people if each.role == role)
