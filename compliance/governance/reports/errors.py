"""How issuing a report is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class IssuedMeanwhile(Conflict):
    code = "report-issued-meanwhile"
    rule = "GOV-1"
    detail = "Somebody else issued this report while it was counted. Read theirs; issue another if something has changed since."


class NothingNew(Conflict):
    code = "report-unchanged"
    rule = "GOV-1"
    detail = "Nothing in this report has changed since it was issued last, so there is no new edition of it."


class ReportAltered(Conflict):
    code = "report-altered"
    rule = "GOV-1"
    detail = "This report is not what was issued: it does not fit its hash. Do not rely on it, and tell the information governance officer."
