"""What each role comes here to do: three to five ways on from the first page, as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import url_for


@dataclass(frozen=True)
class Way:
    """A way on: its words, and the page; `own` where that is the page of one's own organisation."""

    words: str
    endpoint: str
    own: bool = False

    def href(self, organisation_id: UUID | None) -> str:
        """The address of the page, for somebody of this organisation."""
        return url_for(self.endpoint, organisation_id=organisation_id) if self.own else url_for(self.endpoint)


MOST = 5

ASK_FOR_A_LICENCE = Way("Ask for a licence for a colleague", "licences.ask")
THE_REGISTER = Way("See who has signed", "register.register")
OWN_ORGANISATION = Way("See your organisation", "organisations.organisation", own=True)
CONCERN = Way("Report a concern about access", "concerns.report")
BREACH = Way("Report a breach", "breaches.report")
LICENCES = Way("See licences and seats", "licences.licences")
SHARE = Way("Record a decision to share, or not to", "sharing.decide")
STATEMENT = Way("Read the confidentiality statement", "confidentiality.statement")
ACCOUNT = Way("See your account", "account.account")
HELP_TO_SIGN_IN = Way("Help somebody who cannot sign in", "people.people")
SEATS = Way("See where a seat is wasted", "capacity.capacity")
ACCOUNTABILITY = Way("See who takes part, and who does not", "accountability.organisations")
ESCALATIONS = Way("See what the groups ask", "escalations.escalations")
REPORTS = Way("Read the reports", "reports.reports")
THEMES = Way("See what complaints are about", "themes.themes")

OF_ROLE: dict[str, tuple[Way, ...]] = {
    "hub_manager": (
        ASK_FOR_A_LICENCE, Way("Invite somebody to this service", "people.invite"), HELP_TO_SIGN_IN, SEATS, REPORTS,
    ),
    "hub_supervisor": (ASK_FOR_A_LICENCE, HELP_TO_SIGN_IN, LICENCES, SEATS, SHARE),
    "hub_coordinator": (ASK_FOR_A_LICENCE, THE_REGISTER, LICENCES, BREACH, SHARE),
    "ig_officer": (
        Way("Read the audit log", "audit.log"),
        Way("Review accesses worth a question", "flags.flags"),
        Way("Review records whose time came", "retention_reviews.reviews"),
        Way("See the personal-data breaches", "data_breaches.register"),
        REPORTS,
    ),
    "steering_member": (REPORTS, ACCOUNTABILITY, ESCALATIONS, THEMES, SEATS),
    "executive_chair": (REPORTS, ACCOUNTABILITY, ESCALATIONS, THEMES),
    "delegate": (ASK_FOR_A_LICENCE, LICENCES, OWN_ORGANISATION, SHARE, BREACH),
    "escalation_contact": (ESCALATIONS, ACCOUNTABILITY, OWN_ORGANISATION, BREACH, SHARE),
    "authorised_signatory": (OWN_ORGANISATION, THE_REGISTER, BREACH, CONCERN),
    "licence_holder": (STATEMENT, SHARE, BREACH, CONCERN, ACCOUNT),
}  # fmt: skip
"""What whom is offered; whoever holds several roles is offered what stands first here."""

ANYBODY = (CONCERN, Way("See what you have reported", "concerns.concerns"), ACCOUNT)
"""For somebody whose role offers nothing of its own."""


def ways(roles: Iterable[str], organisation_id: UUID | None) -> list[tuple[str, str]]:
    """Words and address of each way on for somebody with these roles: `MOST` at the most, none of them twice."""
    held = set(roles)
    found = dict.fromkeys(way for role, offered in OF_ROLE.items() if role in held for way in offered)
    open_to_them = [way for way in found or ANYBODY if not way.own or organisation_id is not None]
    return [(way.words, way.href(organisation_id)) for way in open_to_them[:MOST]]
