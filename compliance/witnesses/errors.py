"""How the service refuses to go on with a log that is not the one its witnesses saw."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class LogContradicted(Conflict):
    """A witness holds a checkpoint that this log did not grow from: it was rolled back, or written anew."""

    code = "log-contradicted"
    rule = "AUD-3"
    detail = (
        "The service is closed: its log is not the one that its witnesses saw. Nothing was shown and nothing was changed. "
        "Tell the information governance officer."
    )


class NothingToAccept(Conflict):
    code = "rollback-nothing-to-accept"
    rule = "AUD-3"
    detail = "The log and its witnesses agree: there is nothing to accept."


class NothingSealed(Conflict):
    code = "rollback-nothing-sealed"
    rule = "AUD-3"
    detail = (
        "The log is empty, and nobody could accept anything in its name. Restore a copy of the store; docs/operating.md "
        "says how one begins anew on purpose."
    )


class AnotherLog(Conflict):
    code = "rollback-another-log"
    rule = "AUD-3"
    detail = "The log is not the one any more that this was proposed for. Propose it again, if it is still wanted."
