"""Every screen asks the service first, all that it needs in one call, and shows what was permitted and nothing else (DEC-1, DEC-3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, current_app, g

from compliance.client import Answer, Question, Service

NOT_HERE = "There is no such case, or it cannot be shown to you now. If it should be, try again in a moment, or ask the MARAC Hub Team."
"""Said of a case that there is not, of one that this person may not see, and while the service cannot be asked: nobody learns
from it which of them it is (DEC-2, DEC-6)."""

NOT_NOW = "This cannot be done now. Try again in a moment, or ask the MARAC Hub Team."


@dataclass(frozen=True)
class Wish:
    """Something that somebody may want to do: what decisions call it, on what, and whose part of a case it is where it is one."""

    action: str
    type: str
    owner: str | None = None

    def of(self, person: str, case: sqlite3.Row) -> Question:
        """The question for this person about this case."""
        reference = case["reference"]
        return Question(
            person, self.action, self.type, reference, area=case["area"], owner_organisation=self.owner,
            closed=case["closed_marac"] == "yes", case=reference,
        )  # fmt: skip


VIEW = Wish("case.view", "case")
UNDECIDED = Wish("closed_meeting.approve", "referral")
"""What shows a case as long as it is not decided whether it is a Closed MARAC: to whoever decides that, and to nobody else."""
ON_A_CASE = {
    "accept": Wish("referral.review", "referral"),
    "close the circle": Wish("closed_meeting.approve", "referral"),
    "research": Wish("research.view", "research"),
    "actions": Wish("action.view", "action"),
    "suggest": Wish("action.suggest", "action"),
    "hold the meeting": Wish("meeting.chair", "meeting"),
    "minutes": Wish("minutes.download", "minutes"),
    "invite": Wish("case.update", "case"),
    "close": Wish("case.close", "case"),
}
"""Everything that the page of a case may offer, by what the page calls it."""


def service() -> Service:
    """The service that this case system stands on."""
    found: Service = current_app.extensions["compliance"]
    return found


def permitted(case: sqlite3.Row) -> Mapping[str, Answer]:
    """Every wish on this case, answered in one call. 404 where the case may not be seen: that there is one is not told."""
    own = g.session["organisation"]
    wishes = {
        "view": _view(case),
        **ON_A_CASE,
        "write research": Wish("research.write", "research", own),
        "accept actions": Wish("action.accept", "action", own),
        "take actions": Wish("action.update", "action", own),
    }
    answers = service().decide_all([wish.of(g.session["sub"], case) for wish in wishes.values()])
    found = dict(zip(wishes, answers, strict=True))
    if not found["view"].permits:
        abort(404, NOT_HERE)
    return found


def may(wish: Wish, case: sqlite3.Row) -> Answer:
    """One thing, asked just before it is done; ends the request with what the person may be told where it is denied."""
    view, answer = service().decide_all([each.of(g.session["sub"], case) for each in (_view(case), wish)])
    if not view.permits:
        abort(404, NOT_HERE)
    if not answer.permits:
        abort(403, answer.why or NOT_NOW)
    return answer


def seen_by(person: str, cases: list[sqlite3.Row]) -> list[sqlite3.Row]:
    """Those of these cases that this person may know of, asked for all at once. 503 where the service cannot be asked."""
    answers = service().decide_all([_view(case).of(person, case) for case in cases])
    if any(answer.missing for answer in answers):
        abort(503, "The compliance service cannot be asked just now, so nothing is shown. Try again in a moment.")
    return [case for case, answer in zip(cases, answers, strict=True) if answer.permits]


def _view(case: sqlite3.Row) -> Wish:
    return UNDECIDED if case["closed_marac"] == "asked" else VIEW
