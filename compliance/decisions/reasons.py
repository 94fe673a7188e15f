"""Why an answer is no: for each reason its rule, what the person may be told, and what the hub is told.

What a person is told never says whether a case exists (DEC-2): it speaks of their own account, licence and
organisation, or says only that this is not open to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """One way of failing DEC-1: its `rule`, a stable `code`, words for the person (`user`) and the hub (`admin`).

    Each is made once and known by what it is, not by its words: they are looked up with every denial.
    """

    rule: str
    code: str
    user: str
    admin: str


_NOT_OPEN = "This is not open to you. If you need it for your work, ask the MARAC Hub Team."
_ASK = "Ask your organisation's delegate or the MARAC Hub Team."

UNKNOWN_SUBJECT = Reason("DEC-3", "subject-unknown", _NOT_OPEN, "Nobody with this id or address is known here.")
UNKNOWN_ACTION = Reason("DEC-3", "action-unknown", _NOT_OPEN, "The policy has no such action.")
UNKNOWN_RESOURCE = Reason("DEC-3", "resource-unknown", _NOT_OPEN, "The action is not asked on this type of resource.")
MALFORMED = Reason("DEC-3", "question-malformed", _NOT_OPEN, "The question lacks a member or has one of a wrong kind.")

CLOSED_ACCOUNT = Reason("DEC-1", "account-closed", "Your account is closed. " + _ASK, "The account is closed.")
LOCKED = Reason(
    "IDN-4", "account-locked", "Your account is locked. Ask the MARAC Hub Team to reset it.", "The account is locked."
)
PASSWORD_NEVER = Reason(
    "IDN-8", "password-unset", "Use the link you were sent to set your password.", "No password has been set yet."
)
PASSWORD_EXPIRED = Reason(
    "IDN-2", "password-expired", "Your password has expired. Sign in to set a new one.", "The password has expired."
)
PASSWORD_COMPROMISED = Reason(
    "IDN-2",
    "password-compromised",
    "Somebody else may know your password. Sign in to set a new one.",
    "Somebody else may know the password.",
)
NO_MFA = Reason(
    "IDN-3", "mfa-missing", "Set up your second step first.", "No second factor is enrolled."
)  # fmt: skip
NO_LICENCE = Reason("LIC-3", "licence-none", "You have no licence. " + _ASK, "The person holds no licence.")
LICENCE_WAITING = Reason(
    "LIC-3", "licence-not-active", "Your licence is not active yet. " + _ASK, "The licence is requested or approved."
)
LICENCE_SUSPENDED = Reason(
    "LIC-3", "licence-suspended", "Your licence is suspended. " + _ASK, "The licence is suspended."
)
LICENCE_ENDED = Reason("LIC-3", "licence-ended", "Your licence has ended. " + _ASK, "The licence was deactivated.")
OUT_OF_TURN = Reason("LIC-6", "out-of-turn", "It is not your turn on the rota.", "The licence rests: rota.")
NO_TURN = Reason("LIC-6", "out-of-turn", "You have no turn on the rota. " + _ASK, "The person has no turn on the rota.")
PAST_ITS_END = Reason("LIC-7", "licence-past-end", "Your licence has ended. " + _ASK, "The by-invite end date passed.")
ROLE_LACKS = Reason("DEC-1", "role-lacks", _NOT_OPEN, "No role the person holds permits this action.")
NO_AREA = Reason(
    "DEC-3", "area-unnamed", _NOT_OPEN, "There is no such resource, or it names no area that the policy knows."
)
OTHER_AREA = Reason("ROL-2", "area-outside", _NOT_OPEN, "The resource's area is outside the licence.")
OTHER_OWNER = Reason("ROL-2", "owner-other", _NOT_OPEN, "The part belongs to another organisation, or names no owner.")
NOT_INVITED = Reason("LIC-7", "case-not-invited", _NOT_OPEN, "The by-invite licence is not for this case.")
CLOSED_MARAC = Reason("DEC-1", "closed-not-invited", _NOT_OPEN, "A closed MARAC, and the person is not invited.")

BY_BREAK_GLASS = Reason(
    "DEC-5",
    "break-glass",
    "This is open to you for an emergency MARAC.",
    "The case was opened to the person for an emergency MARAC; nothing else permits it.",
)
"""Why an answer is yes all the same: said with a permit that stands on break-glass."""

SIGNATORY: dict[str, Reason] = {
    "SIG-1": Reason("SIG-1", "never-signed", _ASK, "The organisation has not signed a required instrument."),
    "SIG-4": Reason("SIG-4", "signature-lapsed", _ASK, "The organisation's signature of a required version lapsed."),
    "SIG-5": Reason("SIG-5", "signing-refused", _ASK, "The organisation refused to sign a required instrument."),
    "SIG-6": Reason("SIG-6", "withdrawn", _ASK, "The organisation has withdrawn from a required instrument."),
}
ELIGIBILITY: dict[str, Reason] = {}
"""Reasons of LIC-13 by the checklist's item code, made once for each."""


@cache
def out_of_turn(begins: str) -> Reason:
    """It is a colleague's turn, or nobody's; `begins` is when theirs begins, such as *Monday at 9am* (LIC-6)."""
    return Reason(
        "LIC-6",
        "out-of-turn",
        f"It is not your turn on the rota: your turn begins {begins}.",
        f"It is not the person's turn on the rota, which begins {begins}.",
    )


def lapsed(code: str) -> Reason:
    """An item of LIC-1 that held when the licence was approved and holds no longer (LIC-13)."""
    if code not in ELIGIBILITY:
        ELIGIBILITY[code] = Reason("LIC-13", f"lapsed-{code}", _ASK, f"An item of the checklist has lapsed: {code}.")
    return ELIGIBILITY[code]
