"""What people fill in to find their way in the register, and to keep it."""

from __future__ import annotations

from typing import Any

from flask import request

from .fields import Day, Email, Line, OneOf, Paper
from .plain import Needed, PlainForm


class Question(PlainForm):
    """A form that asks the list at hand: sent with the address, changing nothing, so it needs no token."""

    class Meta:
        csrf = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(formdata=request.args, **kwargs)

    def understood(self) -> bool:
        """Whether everything asked can be understood; else the list is shown as if that was not asked, with 422."""
        if self.validate():
            return True
        self.status = 422
        return False


class Domain(PlainForm):
    domain = Line(
        "Mail domain",
        [Needed("Enter the domain of the organisation’s official e-mail addresses.")],
        description="For example, council.example. Personal providers such as gmail.com can never be registered.",
    )


class KeyContact(PlainForm):
    kind = OneOf("What kind of contact?", [Needed("Choose what kind of contact this is.")])
    name = Line("Full name", [Needed("Enter the contact’s full name.")])
    email = Email("E-mail address", [Needed("Enter the contact’s e-mail address.")])
    telephone = Line("Telephone number", description="If there is one that is answered during office hours.")


class PolicyDocument(PlainForm):
    kind = OneOf("Which policy?", [Needed("Choose which policy this is.")])
    title = Line("Title", [Needed("Enter the title of the policy.")])
    owner = Line("Owner", [Needed("Enter who owns the policy in the organisation.")], description="A role or a name.")
    dated_on = Day("Date of the policy", [Needed("Enter the date of the policy.")])
    next_review_on = Day(
        "Next review",
        [Needed("Enter the date of its next review.")],
        description="After this day it counts as out of date.",
    )
    file = Paper("The policy as a file", description="PDF or DOCX, at most 10 MB. Or give a link instead.")
    link = Line("Or a link to the policy", description="Where the organisation publishes it. It begins with https://")


class IsaCheck(PlainForm):
    found = OneOf(
        "Is the organisation on the partnership’s list of signatories?",
        [Needed("Choose whether the organisation is on the list.")],
        choices=[("yes", "Yes, it is on the list"), ("no", "No, it is not")],
    )
    source = Line("Where did you look?", description="Leave empty if it was at the source that the register names.")
