"""What people fill in about what somebody learnt, and what a new partner was given (GOV-7)."""

from __future__ import annotations

from typing import Any

from wtforms import DateField
from wtforms.widgets import HiddenInput

from compliance.licences.training.rules import Which
from signatories.welcome.queries import Which as Pack

from .fields import Day, Line, OneOfMany, Several
from .plain import Needed, PlainForm
from .register import Question

WHICH = {Which.ALL: "Everybody", Which.DUE: "Who is due", Which.IN_DATE: "Who is not due"}
PACKS = {
    Pack.ALL: "Every organisation",
    Pack.WITHOUT: "Without a pack",
    Pack.UNCONFIRMED: "Not confirmed",
    Pack.INCOMPLETE: "Something was not in it",
}


class TrainingQuestion(Question):
    search = Line("Search by name, address or organisation")
    which = OneOfMany("Show", choices=[(which.value, words) for which, words in WHICH.items()], default=Which.ALL)


class ModuleDone(PlainForm):
    module = OneOfMany("Which module?", [Needed("Choose the module.")])
    version = Line("Version", description="Leave empty for the newest.")
    done_on = Day("When was it done?", [Needed("Enter the day it was done.")])
    valid_until = Day("Last day it counts", description="Leave empty for as long as the module counts by the policy.")


class WelcomeQuestion(Question):
    search = Line("Search by organisation")
    which = OneOfMany("Show", choices=[(which.value, words) for which, words in PACKS.items()], default=Pack.ALL)


class PackGiven(PlainForm):
    items = Several("What was in the pack?", [Needed("Choose what was in the pack.")])
    given_on = Day("When was it given?", [Needed("Enter the day it was given.")])


class PackReceived(PlainForm):
    """Which pack the page showed, by its day: another may have been given since."""

    given_on: Any = DateField(widget=HiddenInput(), validators=[Needed("Look at the pack again, then confirm it.")])
