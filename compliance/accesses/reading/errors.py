"""How reading the log refuses."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Invalid


class PurposeNeeded(Invalid):
    """The log is not read by anybody who has not said why."""

    code = "purpose-needed"
    rule = "AUD-1"
    detail = "Say why you read the log before you read it. It is recorded with everything you look at."


class MatterUnclear(Invalid):
    """What stands beside a purpose is a reference, never words."""

    code = "matter-unclear"
    rule = "AUD-1"
    detail = "Use a reference of letters, digits, and . _ / : # - only, at most 64 of them, such as CMP-2026-014."


class TooManySearches(Conflict):
    code = "too-many-searches"
    rule = "AUD-1"
    detail = "You keep as many searches as one person can. Delete one you no longer need, then keep this one."


class SearchNameTaken(Conflict):
    code = "search-name-taken"
    rule = "AUD-1"
    detail = "You keep a search under this name already. Choose another name, or delete that one first."
