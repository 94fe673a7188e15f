"""How publishing or acknowledging the confidentiality statement is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, NotFound, StaleForm


class NoStatement(NotFound):
    code = "statement-none"
    rule = "SHA-4"
    detail = "There is no confidentiality statement yet. The MARAC manager publishes the first one."


class SameStatement(Conflict):
    code = "statement-same"
    rule = "SHA-4"
    detail = "These are the words that are in force already. Nobody needs to acknowledge them again."


class NewerStatement(StaleForm):
    code = "statement-newer"
    rule = "SHA-4"
    detail = "A newer version was published while you were reading. Read it, then acknowledge that one."
