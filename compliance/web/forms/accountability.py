"""What people fill in to find out how organisations take their part (GOV-2)."""

from __future__ import annotations

from compliance.governance.accountability.queries import Which

from .fields import Line, OneOfMany
from .register import Question

WHICH = {
    Which.ALL: "All",
    Which.BELOW: "Below what is expected",
    Which.PERSISTENT: "Below, month after month",
    Which.UNKNOWN: "Nothing was reported",
}


class AccountabilityQuestion(Question):
    search = Line("Search by organisation")
    which = OneOfMany(
        "How they stand", choices=[(which.value, words) for which, words in WHICH.items()], default=Which.ALL
    )
    area = OneOfMany("Area")
