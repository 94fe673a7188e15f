"""By which rules an access is worth a question, and which of them cannot be: need_to_know.toml, beside this module (AUD-6)."""

from __future__ import annotations

from dataclasses import dataclass
from re import fullmatch

from .floors import BrokenPolicy

CONCERN = "concern"
"""What stands in the place of a rule where a person raised the question (AUD-7); so no rule may be called so."""

LOOKS = {"involvement": False, "conflict": False, "bulk": True, "hours": True, "refusals": True, "break_glass": False}
"""The looks that a rule of need to know can take, and whether each counts within a time (AUD-6)."""


@dataclass(frozen=True)
class NeedToKnowRule:
    """One rule by which an access is worth a question (AUD-6): `means` says it in words, `looks_at` names the look.

    `most` is how many there may be within `window_minutes`: one more raises a flag. Both are 0 where one is enough.
    """

    code: str
    looks_at: str
    means: str
    clause: str
    most: int
    window_minutes: int
    in_use: bool


def checked_rules(rules: dict[str, NeedToKnowRule]) -> dict[str, NeedToKnowRule]:
    """The rules, once each takes a look that there is, with what that look needs (AUD-6)."""
    for code, rule in rules.items():
        if rule.looks_at not in LOOKS:
            raise BrokenPolicy(
                f"need_to_know.toml: {code} looks at {rule.looks_at}, which is none of {', '.join(LOOKS)}"
            )
        if not fullmatch(r"[a-z][a-z_]{1,31}", code) or code == CONCERN:
            raise BrokenPolicy(f"need_to_know.toml: {code} is no name for a rule")
        counts = LOOKS[rule.looks_at]
        if (counts and (rule.most < 1 or rule.window_minutes < 1)) or (
            not counts and (rule.most or rule.window_minutes)
        ):
            needs = "as many as there may be, and minutes" if counts else "neither a number nor minutes: both are 0"
            raise BrokenPolicy(f"need_to_know.toml: {code} looks at {rule.looks_at}, which takes {needs}")
    return rules
