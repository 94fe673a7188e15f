"""How a step of an escalation is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, StaleForm


class AlreadyEscalated(Conflict):
    code = "escalation-open-already"
    rule = "GOV-2"
    detail = "This is already before a group for this organisation. Go on with that one, or choose another matter."


class EscalationOver(Conflict):
    code = "escalation-over"
    rule = "GOV-2"
    detail = "This escalation has ended. If it comes up again, open a new one."


class AnsweredAlready(Conflict):
    code = "escalation-answered"
    rule = "GOV-2"
    detail = "What this group asked has been answered already. It is for the group now to end it or to raise it."


class AnswerNotDue(Conflict):
    code = "escalation-answer-not-due"
    rule = "GOV-2"
    detail = (
        "The organisation still has time to answer. It can be raised when it has answered, or when the day is over."
    )


class NoGroupAbove(Conflict):
    code = "escalation-no-group-above"
    rule = "GOV-2"
    detail = "The executive group is the highest: there is nowhere to raise it to. End it with what was decided."


class RaisedMeanwhile(StaleForm):
    code = "escalation-raised-meanwhile"
    rule = "GOV-2"
    detail = (
        "It was raised to another group while you were writing. Nothing of yours was kept: look at what is asked now."
    )
