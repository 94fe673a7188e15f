"""What people fill in about licences."""

from __future__ import annotations

from compliance.licences.rules import Kind, RefusedFor

from .fields import Day, Email, Line, OneOf, OneOfMany, Prose, Several
from .plain import Needed, PlainForm


class Request(PlainForm):
    organisation_id = OneOfMany("Organisation", [Needed("Choose the organisation.")])
    full_name = Line("Full name", [Needed("Enter the person’s full name.")])
    email = Email(
        "Work e-mail address",
        [Needed("Enter the person’s work e-mail address.")],
        description="At the organisation’s own domain. Personal addresses, such as Gmail or Hotmail, are never accepted.",
    )
    kind = OneOf(
        "What kind of licence do they need?",
        [Needed("Choose standing or by invite.")],
        choices=[
            (Kind.STANDING.value, "Standing: all cases in their areas"),
            (Kind.BY_INVITE.value, "By invite: named cases, until a date"),
        ],
        default=Kind.STANDING.value,
    )
    areas = Several("Which area MARACs?", description="Choose every area they will work in.")
    cases = Prose(
        "Case references",
        description="By invite only. One on each line. References only: never a name.",
    )
    ends_on = Day("Last day", description="By invite only. For example, 27 3 2027.")
    reason = Prose(
        "Why do they need it?",
        [Needed("Say why they need a licence.")],
        description="Their work with the MARAC. Do not name a victim.",
    )

    @property
    def references(self) -> tuple[str, ...]:
        """The case references, one from each line."""
        return tuple(line.strip() for line in (self.cases.data or "").splitlines() if line.strip())


class Refusal(PlainForm):
    refused_for = OneOf(
        "Why is it refused?",
        [Needed("Choose why it is refused.")],
        choices=[
            (RefusedFor.NO_SEAT.value, "There is no seat to give: it counts as what the hub owes the organisation"),
            (RefusedFor.NOT_NEEDED.value, "It is not needed, or was asked for twice"),
            (RefusedFor.NOT_READY.value, "Something on the checklist is missing"),
            (RefusedFor.OTHER.value, "Another reason"),
        ],
    )
    reason = Prose(
        "In your own words",
        [Needed("Say why. The person who asked will read it.")],
        description="The person who asked will read it.",
    )


class Suspend(PlainForm):
    reason = OneOf("Why is it suspended?", [Needed("Choose a reason.")])


class End(PlainForm):
    reason = OneOf("Why does it end?", [Needed("Choose a reason.")])


class Reallocate(PlainForm):
    to_licence = OneOf("Who gets the seat?", [Needed("Choose the request that gets the seat.")])


class Answer(PlainForm):
    answer = OneOf(
        "Does the organisation want the seat?",
        [Needed("Choose yes or no.")],
        choices=[("yes", "Yes: keep it until the hub has approved"), ("no", "No: offer it to the next on the list")],
    )


class Seats(PlainForm):
    seats = Line("How many seats does the contract have?", [Needed("Enter the number of seats in the contract.")])

    @property
    def number(self) -> int:
        """The number that was typed; one that no contract has for what is none, so that it is refused as such."""
        typed = (self.seats.data or "").strip().replace(",", "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


class Move(PlainForm):
    organisation_id = OneOfMany("Which organisation do they work for then?", [Needed("Choose the organisation.")])
    areas = Several("Which area MARACs then?", description="Choose every area they will work in.")
    email = Email(
        "Work e-mail address there",
        description="Leave empty if it stays the same. At the organisation’s own domain.",
    )
    reason = Prose(
        "What changes?",
        [Needed("Say what changes.")],
        description="Their new role or organisation. Do not name a victim.",
    )


class Exemption(PlainForm):
    reason = Prose("Why can it not be used?", [Needed("Say why it cannot be used.")])
    ends_on = Day("Last day of the exemption", [Needed("Enter the last day of the exemption.")])


class TrainingDone(PlainForm):
    module = OneOf("Which training?", [Needed("Choose the training.")])
    done_on = Day("When was it done?", [Needed("Enter the day it was done.")])
    valid_until = Day("Last day it counts", description="Leave empty if it does not run out.")


class VettingHeld(PlainForm):
    level = Line("Level of vetting", [Needed("Enter the level, such as NPPV2 or Enhanced DBS.")])
    holds_until = Day("Last day on which it holds", [Needed("Enter the last day on which it holds.")])


class Confirm(PlainForm):
    """Nothing to fill in: only a decision to make."""
