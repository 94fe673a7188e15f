"""What the case system may report, when, and when it counts as out of hours: values in, values out (AUD-1, AUD-5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from compliance.kernel.calendar import BeyondCalendar, Calendar, is_working_day
from compliance.kernel.clock import LONDON

_SATURDAY = 5


class Kind(StrEnum):
    """What somebody did in the case system."""

    SIGN_IN = "sign_in"
    VIEW = "view"
    DOWNLOAD = "download"
    EXPORT = "export"
    DISCLOSURE = "disclosure"


class Outcome(StrEnum):
    """Whether they were let, or the case system refused."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the case system tells it; `id` is its own, and `person` our id or a registered address.

    `involved` is whether the person's organisation has a part in the case, None where it does not say. A disclosure
    names its `recipient` (DPA 2018 s.62(3)); `address` is where the person was on the network.
    """

    id: str
    kind: Kind
    person: str
    at: datetime
    outcome: Outcome = Outcome.DONE
    action: str | None = None
    reference: str | None = None
    purpose: str | None = None
    recipient: str | None = None
    address: str | None = None
    involved: bool | None = None
    records: int | None = None

    @property
    def content(self) -> str:
        """All of it in one spelling: the same event told again says the same, however it was written."""
        said = (
            self.kind, self.person, self.at.astimezone(UTC).isoformat(), self.outcome, self.action, self.reference,
            self.purpose, self.recipient, self.address, self.involved, self.records,
        )  # fmt: skip
        return msgspec.json.encode(said).decode()

    @property
    def touched(self) -> int:
        """How many records: one where nothing is said, and none for a sign-in."""
        if self.records is not None:
            return self.records
        return 0 if self.kind is Kind.SIGN_IN else 1


@dataclass(frozen=True)
class Terms:
    """What holds for events reported at `now`: the policy's values, lists and calendar."""

    now: datetime
    late_days: int
    early_seconds: int
    purpose_needed_for: Collection[str]
    purposes: Collection[str]
    actions: Collection[str]
    office_from_hour: int
    office_until_hour: int
    calendar: Calendar


def problems(told: Told, terms: Terms) -> Iterator[tuple[str, str]]:
    """What is wrong with an event: the member that is, and words for whoever sent it."""
    if told.at > terms.now + timedelta(seconds=terms.early_seconds):
        yield "at", "This is still to come. Set the case system's clock, and report what has happened."
    elif told.at < terms.now - timedelta(days=terms.late_days):
        yield "at", f"This is more than {terms.late_days} days ago, which is too long. Tell the MARAC Hub Team."
    if told.reference is None and told.kind is not Kind.SIGN_IN:
        yield "reference", "Name the case, by its reference."
    if told.kind is Kind.DISCLOSURE and told.recipient is None:
        yield "recipient", "Name the person or body that it was disclosed to."
    if told.kind is not Kind.DISCLOSURE and told.recipient is not None:
        yield "recipient", "Only a disclosure has a recipient."
    if told.purpose is None and told.kind in terms.purpose_needed_for:
        yield "purpose", "Say for what purpose, by one of the policy's codes."
    if told.purpose is not None and told.purpose not in terms.purposes:
        yield "purpose", f"Use one of these: {', '.join(terms.purposes)}."
    if told.action is not None and told.action not in terms.actions:
        yield "action", "Use the name of an action that decisions are asked for, such as case.view."


def out_of_hours(at: datetime, terms: Terms) -> bool:
    """Whether this instant is outside the London working day.

    Where bank holidays are not known, a weekday counts as a working day: an event is taken, whatever day it is.
    """
    there = at.astimezone(LONDON)
    if not terms.office_from_hour <= there.hour < terms.office_until_hour:
        return True
    try:
        return not is_working_day(there.date(), terms.calendar)
    except BeyondCalendar:
        return there.weekday() >= _SATURDAY
