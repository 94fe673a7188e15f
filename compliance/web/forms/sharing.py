"""What people fill in about sharing: decisions, requests for re-use, disclosures, the confidentiality statement (SHA-1 to SHA-4)."""

from __future__ import annotations

from wtforms import HiddenField

from compliance.sharing.rules import Choice

from .fields import Day, Line, OneOf, OneOfMany, Prose
from .plain import Needed, PlainForm
from .register import Question

NO_NAMES = "Do not name a victim, child or perpetrator."
_CASE = "Only the case reference, such as MC-1042."
_SEALED = f"In a few sentences. Kept sealed. {NO_NAMES}"


class DecisionQuestion(Question):
    search = Line("Search by number, organisation or case reference")
    choice = OneOfMany("Shared?")
    basis = OneOfMany("Lawful basis")


class Decision(PlainForm):
    reference = Line("Which case?", [Needed("Enter the case reference.")], description=_CASE)
    decision = OneOf(
        "What was decided?",
        [Needed("Say whether it is shared.")],
        choices=[(Choice.SHARE, "To share it"), (Choice.NOT_SHARE, "Not to share it")],
    )
    basis = OneOfMany("Upon which basis?", [Needed("Choose the lawful basis.")])
    with_organisation_id = OneOfMany("With which organisation?")
    words = Prose("Why?", [Needed("Say why.")], description=_SEALED)


class ReuseQuestion(Question):
    search = Line("Search by number, organisation or case reference")
    which = OneOfMany("Which requests?")
    purpose = OneOfMany("Purpose")


class Reuse(PlainForm):
    reference = Line("Which case?", [Needed("Enter the case reference.")], description=_CASE)
    supplier_id = OneOfMany("Which organisation supplied the information?", [Needed("Choose who supplied it.")])
    purpose = OneOfMany("For what else is it to be used?", [Needed("Choose for what.")])
    words = Prose(
        "What do you want to use, and why?", [Needed("Say what and why.")],
        description=f"The supplier reads this. {_SEALED}",
    )  # fmt: skip


class ReuseStep(PlainForm):
    seen = HiddenField()
    reason = OneOfMany("Which overriding reason?")
    words = Prose(
        "Why?", [Needed("Say why.")], description=f"Whoever asked, the supplier and the hub read this. {_SEALED}"
    )


class DisclosureQuestion(Question):
    search = Line("Search by number, organisation or case reference")
    which = OneOfMany("Which disclosures?")
    body = OneOfMany("To whom")


class Disclose(PlainForm):
    reference = Line("Which case?", [Needed("Enter the case reference.")], description=_CASE)
    body = OneOfMany("To whom is it to be disclosed?", [Needed("Choose to whom.")])
    recipient = Line(
        "Which one?", [Needed("Say which court, board or firm.")],
        description=f"For example, the county court at Medway. Kept sealed. {NO_NAMES}",
    )  # fmt: skip
    material = OneOfMany("What is to be disclosed?", [Needed("Choose what.")])
    words = Prose("Why?", [Needed("Say why.")], description=_SEALED)


class DisclosureAnswer(PlainForm):
    words = Prose("Why?", [Needed("Say why.")], description=f"Whoever asked reads this. {_SEALED}")


class Disclosed(PlainForm):
    made_on = Day("When was it disclosed?", [Needed("Enter the day.")], description="For example, 21 11 2026.")


class HolderQuestion(Question):
    search = Line("Search by name, address or organisation")
    which = OneOfMany("Who?")


class Publish(PlainForm):
    words = Prose("The new version, in full", [Needed("Enter the statement.")])


class Acknowledge(PlainForm):
    version = HiddenField()


class FactQuestion(Question):
    search = Line("Search by organisation or case reference")
    counter = OneOfMany("What is counted")
    area = OneOfMany("Area")
