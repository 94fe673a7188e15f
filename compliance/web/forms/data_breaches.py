"""What people fill in about a personal-data breach (BRE-3, BRE-6)."""

from __future__ import annotations

from datetime import datetime

from wtforms import HiddenField

from compliance.breaches.notifying.rules import Decision, PeopleDecision, Risk
from compliance.breaches.notifying.wording import RISKS
from compliance.kernel.clock import LONDON, london_date, said_day, showing

from .fields import Day, Line, OneOf, OneOfMany, Prose, Several
from .plain import Needed, PlainForm
from .register import Question
from .withdrawing import TimeOfDay

NO_NAMES = "Do not name a victim, child or perpetrator. Kept sealed, and never in the audit log."


class DataBreachQuestion(Question):
    search = Line("Search by number, organisation, case reference or ICO reference")
    which = OneOfMany("Which breaches?")


class OpenClock(PlainForm):
    aware_on = Day("On which day did somebody come to know of it?", [Needed("Enter the day.")])
    aware_at = TimeOfDay("At what time?", [Needed("Enter the time, as well as you know it.")],
                         description="UK time, such as 9am or 17:30. The clock runs from then.")  # fmt: skip


class Assess(PlainForm):
    assessment = HiddenField()
    facts = Prose("What happened?", [Needed("Say what happened, as far as it is known.")], description=NO_NAMES)
    categories = Several("Which kinds of personal data?", description="Leave empty what is not known yet.")
    people = Line("About how many people?", description="A number. Leave it empty if nobody knows yet.")
    records = Line("About how many records?", description="A number. Leave it empty if nobody knows yet.")
    effects = Prose(
        "What can come of it, or has come of it?",
        [Needed("Say what can come of it, as far as it is known.")],
        description="For example: somebody could learn where a person lives.",
    )
    remedy = Prose(
        "What was done about it, and what is to be done?",
        [Needed("Say what was done, or that nothing has been done yet.")],
        description="To end it, and to make its effects smaller.",
    )
    risk = OneOf(
        "How likely is it to harm people?",
        [Needed("Choose how likely harm is.")],
        choices=[(risk.value, RISKS[risk]) for risk in Risk],
        description="To their safety, rights or freedoms. For people at risk of abuse, where they live is never a small thing.",
    )

    def numbers(self) -> tuple[int | None, int | None]:
        """How many people and records, None where nothing was typed; nonsense is said beside its field."""
        return _number(self, self.people), _number(self, self.records)


class Decide(PlainForm):
    assessment = HiddenField()
    decision = OneOf(
        "Is the ICO told?",
        [Needed("Choose whether the ICO is told.")],
        choices=[
            (Decision.NOTIFY.value, "Yes, the ICO is told"),
            (Decision.NOT_NOTIFY.value, "No: harm to people is unlikely"),
        ],
    )
    reasons = Prose("Why?", [Needed("Give the reasons.")], description=NO_NAMES)


class Told(PlainForm):
    assessment = HiddenField()
    on = Day("On which day was the ICO told?", [Needed("Enter the day.")])
    at = TimeOfDay("At what time?", [Needed("Enter the time.")], description="UK time, such as 9am or 17:30.")
    reference = Line("The ICO’s reference", description="If it gave one.")
    words = Prose("What was told?", description=f"In short. {NO_NAMES}")
    more = OneOf(
        "Is there more to follow?",
        [Needed("Choose whether more is to follow.")],
        choices=[("yes", "Yes: some of it is not known yet"), ("no", "No, that is all")],
    )
    late_reason = Prose(
        "If it was told after the time had ended: why?",
        description="The law asks for the reasons for the delay (BRE-6).",
    )


class DecidePeople(PlainForm):
    assessment = HiddenField()
    decision = OneOf(
        "Are the people concerned told?",
        [Needed("Choose whether the people concerned are told.")],
        choices=[
            (PeopleDecision.TELL.value, "Yes, they are told"),
            (PeopleDecision.NOT_TELL.value, "No"),
        ],
    )
    reasons = Prose("Why?", [Needed("Give the reasons.")], description=NO_NAMES)


class OthersTold(PlainForm):
    on = Day("On which day?", [Needed("Enter the day.")])
    at = TimeOfDay("At what time?", [Needed("Enter the time.")], description="UK time, such as 9am or 17:30.")
    words = Prose("How, and what were they told?", [Needed("Say how they were told.")], description=NO_NAMES)


def instant_of(form: PlainForm, day: Day, clock: TimeOfDay, *, now: datetime | None = None) -> datetime | None:
    """The instant that is meant; what cannot be understood is said beside the field, and then it is None.

    In the night in which clocks go back a time comes twice. The first is meant; where `now` is given, the last that
    is not to come: whichever makes nobody look faster than they were.
    """
    if day.data is None or clock.at is None:
        return None
    meant = showing(day.data, clock.at)
    if not meant:
        form.tell_at(clock.name, f"Clocks went forward on {said_day(day.data)} and left this time out. Enter another.")
        return None
    past = [each for each in meant if now is not None and each <= now]
    return past[-1] if past else meant[0]


def begin_at(day: Day, clock: TimeOfDay, at: datetime) -> None:
    """Begin with this instant, where nothing was typed yet."""
    there = at.astimezone(LONDON)
    day.data = london_date(at)
    day.parts = (str(there.day), str(there.month), str(there.year))
    clock.data = f"{there:%H:%M}"


def _number(form: PlainForm, field: Line) -> int | None:
    typed = (field.data or "").strip().replace(",", "")
    if not typed:
        return None
    if typed.isascii() and typed.isdigit() and len(typed) < 10:
        return int(typed)
    form.tell_at(field.name, "Enter a whole number, such as 12, or leave it empty.")
    return None
