"""How the audit of use refuses."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, StaleForm


class NotWarnedInTime(Conflict):
    """An unused licence ends only so many days after its holder was told that it would."""

    code = "not-warned-in-time"
    rule = "LIC-8"
    detail = "The holder was not warned in time. The warning goes first; the licence is judged when its days are over."


class UsedMeanwhile(StaleForm):
    """The licence was used while it was being ended for want of use: look again."""

    code = "used-meanwhile"
    rule = "LIC-8"
    detail = "The licence was used at this very moment, and was left as it is."


class ExemptAlready(Conflict):
    code = "use-exempt-already"
    rule = "LIC-8"
    detail = "This licence has an exemption already. End that one first, then give another."


class ExemptionOver(Conflict):
    code = "use-exemption-over"
    rule = "LIC-8"
    detail = "This exemption is over already."


class NothingToExempt(Conflict):
    code = "use-nothing-to-exempt"
    rule = "LIC-8"
    detail = "Only a licence that was given and has not ended can have an exemption."
