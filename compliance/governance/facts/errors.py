"""How facts are refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Invalid


class FactsRefused(Invalid):
    code = "facts-refused"
    rule = "GOV-2"
    detail = "Nothing of this was taken. Mend the places named, and send all of it again."


class ToldOtherwise(Conflict):
    code = "facts-told-otherwise"
    rule = "GOV-2"
    detail = (
        "An organisation’s month is told either case by case or all together, so that nothing is counted twice. "
        "Correct what was told the other way to 0 first."
    )
