"""How a challenge, or a decision on one, is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden


class AlreadyChallenged(Conflict):
    code = "entry-already-challenged"
    rule = "SIG-3"
    detail = "This entry is challenged already. Wait for the decision; what you know can be told to the MARAC Hub Team."


class EntryReplaced(Conflict):
    code = "entry-corrected-already"
    rule = "SIG-3"
    detail = (
        "This entry has been corrected already, and is not believed any more. Look at the history for what counts now."
    )


class ChallengeOver(Conflict):
    code = "challenge-decided"
    rule = "SIG-3"
    detail = "Somebody has already decided on this challenge. Nothing of yours was kept: look at what they decided."


class OwnChallenge(Forbidden):
    code = "challenge-own"
    rule = "ROL-3"
    detail = "You challenged this entry yourself. Somebody else has to decide on it."


class OwnEntry(Forbidden):
    code = "challenge-own-entry"
    rule = "ROL-3"
    detail = "You made or recorded the entry that is doubted. Somebody else has to decide on it."


class NoSuchRemedy(Conflict):
    code = "challenge-no-such-remedy"
    rule = "SIG-9"
    detail = "An entry of this kind cannot be put right in this way. A withdrawal is never undone: its letter's date and reasons can be corrected."


class BringsBack(Conflict):
    code = "correction-crosses-withdrawal"
    rule = "SIG-9"
    detail = (
        "Between the two days the organisation withdrew. A correction moves no signature past a withdrawal: an "
        "organisation comes back only by signing again. Strike the entry out if it should never have been made."
    )
