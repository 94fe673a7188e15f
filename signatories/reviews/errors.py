"""How the reviews of instruments say no, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class ReviewTooEarly(Conflict):
    code = "review-too-early"
    rule = "SIG-10"
    detail = "It is too early for this review. The calendar says from which day on it can be held."


class ReviewAlreadyHeld(Conflict):
    code = "review-already-held"
    rule = "SIG-10"
    detail = "This review is already recorded. The calendar shows what was found."
