"""How asking for a review, or deciding one, is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, StaleForm


class ReviewDecided(Conflict):
    code = "retention-review-decided"
    rule = "RET-4"
    detail = "Somebody has already decided this review. Nothing of yours was kept: read what they found."


class ReviewOpen(Conflict):
    code = "retention-review-open"
    rule = "RET-7"
    detail = "A review of this record is open already. Decide that one."


class RecordMoved(StaleForm):
    """What is known of the record changed while its reviewer read it."""

    code = "retention-record-moved"
    rule = "RET-4"
    detail = "Something was told of this record while you read it. Nothing of yours was kept: look at its dates again."


class SpeaksForKeeping(Conflict):
    """Disposal is proposed against the assessment's own answers."""

    code = "retention-speaks-for-keeping"
    rule = "RET-4"
    detail = "What you answered speaks for keeping this record. Retain it, or look at your answers again."


class InThatGroup(Conflict):
    code = "retention-in-that-group"
    rule = "RET-4"
    detail = "The record is in this group already. Retain it, or choose another group."


class NotAlike(Conflict):
    code = "retention-not-alike"
    rule = "RET-4"
    detail = "Only reviews of like records are decided together: of the same kind, and in the same groups."


class NotAReviewer(Conflict):
    code = "retention-not-a-reviewer"
    rule = "RET-3"
    detail = "This review cannot be given to them. Choose somebody else who reviews records."
