"""How a review, a hand-over or a concern is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden, StaleForm, Throttled


class FlagReviewed(Conflict):
    code = "flag-reviewed"
    rule = "AUD-6"
    detail = "Somebody has already reviewed this flag. Nothing of yours was kept: look at what they found."


class FlagGrew(StaleForm):
    code = "flag-grew"
    rule = "AUD-6"
    detail = "More accesses came to this flag while you were writing. Look at them first, then send your review again."


class NotABreach(Conflict):
    code = "flag-not-a-breach"
    rule = "AUD-6"
    detail = "Only a flag whose review found a breach is raised as one, and only once."


class RaisedByYou(Forbidden):
    code = "flag-own-concern"
    rule = "ROL-3"
    detail = "You raised this yourself. Somebody else has to review it."


class NotItsReviewer(Forbidden):
    code = "flag-not-its-reviewer"
    rule = "AUD-6"
    detail = "Another person is named as its reviewer. Take the flag over first, or leave it to them."


class NotAReviewer(Conflict):
    code = "flag-no-such-reviewer"
    rule = "AUD-6"
    detail = "This person cannot review this flag. Choose somebody from the list."


class LookedMeanwhile(StaleForm):
    """Another scheduler went through this part of the log first; nothing is to be done about it."""

    code = "log-looked-through"
    rule = "AUD-6"


class TooManyConcerns(Throttled):
    code = "concerns-too-many"
    rule = "AUD-7"
    detail = "You have reported many concerns today. Ring the MARAC Hub Team about anything further."
