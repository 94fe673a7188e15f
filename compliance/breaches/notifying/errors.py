"""How a step with a personal-data breach is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, FieldError, StaleForm


class ClockRuns(Conflict):
    code = "data-breach-known"
    rule = "BRE-3"
    detail = "This is kept as a personal-data breach already, and its clock runs."


class NotAssessed(Conflict):
    code = "data-breach-not-assessed"
    rule = "BRE-3"
    detail = "Nobody has assessed the risk yet. Write down what is known first, even if it is little."


class RiskAsksForTelling(Conflict):
    code = "data-breach-risk-asks-for-telling"
    rule = "BRE-3"
    detail = (
        "By the newest assessment harm to people is not unlikely, so the ICO has to be told. "
        "If that is wrong, assess the risk again first."
    )


class ToldAlready(Conflict):
    code = "data-breach-told-already"
    rule = "BRE-3"
    detail = "The ICO has been told. What was decided before that can no longer be changed."


class DecidedAlready(Conflict):
    code = "data-breach-decided-already"
    rule = "BRE-3"
    detail = "This has been decided already. Look at what was decided, and why."


class NotDecidedToTell(Conflict):
    code = "data-breach-not-decided"
    rule = "BRE-3"
    detail = "It has not been decided that the ICO is told. Decide that first, then write down that it was."


class AssessedMeanwhile(StaleForm):
    code = "data-breach-assessed-meanwhile"
    rule = "BRE-3"
    detail = (
        "Somebody assessed the breach again while you were writing. Read the new assessment, then send yours again."
    )


class LatenessNeedsReason(Conflict):
    code = "data-breach-late-without-reason"
    rule = "BRE-6"
    detail = "The ICO was told after the time for it. Say why it took longer: the law asks for the reasons."

    def __init__(self) -> None:
        super().__init__(fields=(FieldError("/late_reason", self.detail),))


class PeopleToldAlready(Conflict):
    code = "data-breach-people-told-already"
    rule = "BRE-3"
    detail = "The people concerned have been told. That cannot be decided again."


class PeopleNotDecided(Conflict):
    code = "data-breach-people-not-decided"
    rule = "BRE-3"
    detail = "It has not been decided that the people concerned are told. Decide that first."
