"""The lists that belong together: each part of the menu that has several shows them beside one another.

A page that is one of them shows the others; a page below one has its way back instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request, url_for

from policies.permissions import Permission

from . import access

SECTIONS: dict[str, tuple[tuple[str, str, Permission], ...]] = {
    "Register": (
        ("Organisations", "register.register", Permission.REGISTER_READ),
        ("Assurance", "assurance.assurance", Permission.REGISTER_READ),
        ("Instruments", "instruments.instruments", Permission.REGISTER_READ),
        ("Reviews", "instruments.calendar", Permission.REGISTER_READ),
        ("ISA checks", "assurance.checks", Permission.REGISTER_READ),
        ("Withdrawals", "withdrawals.withdrawals", Permission.WITHDRAWAL_READ),
        ("Challenges", "challenges.challenges", Permission.CHALLENGE_READ),
        ("Distribution lists", "distribution.every", Permission.DISTRIBUTION_READ),
        ("Information assets", "information_assets.assets", Permission.WITHDRAWAL_READ),
    ),
    "Licences": (
        ("All licences", "licences.licences", Permission.LICENCE_READ),
        ("Waiting list", "waiting.waiting", Permission.LICENCE_READ),
        ("Rotas", "rotas.rotas", Permission.LICENCE_READ),
        ("Use by quarter", "use_audit.quarters", Permission.LICENCE_READ),
        ("Capacity", "capacity.capacity", Permission.CAPACITY_READ),
    ),
    "Audit log": (
        ("Search", "audit.log", Permission.AUDIT_READ),
        ("Saved searches", "audit.searches", Permission.AUDIT_READ),
        ("A person’s day", "audit.people", Permission.AUDIT_READ),
        ("A case’s readers", "audit.references", Permission.AUDIT_READ),
    ),
    "Flags": (
        ("Flags of access", "flags.flags", Permission.FLAG_READ),
        ("Rules and their rate", "flags.rules", Permission.FLAG_READ),
    ),
    "Breaches": (
        ("All breaches", "breaches.breaches", Permission.INCIDENT_REPORT),
        ("Personal data", "data_breaches.register", Permission.DATA_BREACH_READ),
    ),
    "Complaints": (
        ("Whose turn", "complaints.turns", Permission.COMPLAINT_READ),
        ("Between partners", "complaints.complaints", Permission.COMPLAINT_READ),
        ("Themes", "themes.themes", Permission.THEME_READ),
        ("About data", "data_complaints.complaints", Permission.DATA_COMPLAINT_READ),
    ),
    "Retention": (
        ("How it stands", "records.front", Permission.RETENTION_READ),
        ("Records", "records.records", Permission.RETENTION_READ),
        ("Reviews of records", "retention_reviews.reviews", Permission.RETENTION_READ),
        ("Holds", "holds.holds", Permission.RETENTION_READ),
        ("To dispose of", "disposals.ready", Permission.RETENTION_READ),
        ("Disposals", "disposals.disposals", Permission.RETENTION_READ),
        ("Certificates", "disposal_certificates.register", Permission.RETENTION_READ),
        ("Our own records", "own_records.schedule", Permission.RETENTION_READ),
        ("Done again", "restored.done_again", Permission.RETENTION_READ),
    ),
    "Sharing": (
        ("Decisions", "sharing.decisions", Permission.SHARING_REGISTER_READ),
        ("Re-use", "reuse.requests", Permission.SHARING_REGISTER_READ),
        ("Disclosures", "disclosures.register", Permission.SHARING_REGISTER_READ),
        ("Confidentiality", "confidentiality.acknowledgements", Permission.STATEMENT_READ),
        ("Facts", "facts.facts", Permission.FACTS_READ),
        ("Accountability", "accountability.organisations", Permission.FACTS_READ),
    ),
    "Case system": (
        ("Clients", "clients.clients", Permission.CLIENT_READ),
        ("Webhooks", "webhooks.webhooks", Permission.WEBHOOK_READ),
    ),
    "Exceptions": (
        ("Conflicts of interest", "conflicts.conflicts", Permission.CONFLICT_READ),
        ("Break-glass", "break_glass.opened", Permission.BREAK_GLASS_READ),
    ),
}
"""For each part of the menu: what its lists are called, their pages, and whom they are for."""


def of_this_page() -> list[dict[str, Any]]:
    """The lists beside the page at hand; none where it is no list, or stands alone for this person."""
    for lists in SECTIONS.values():
        if request.endpoint in [endpoint for _, endpoint, _ in lists]:
            shown = [
                {"text": text, "href": url_for(endpoint), "current": request.endpoint == endpoint}
                for text, endpoint, permission in lists
                if access.could(permission)
            ]
            return shown if len(shown) > 1 else []
    return []


def way_in(endpoint: str) -> str:
    """The page that a part of the menu leads this person to: the first of its lists that is for them."""
    found = next((lists for lists in SECTIONS.values() if lists[0][1] == endpoint), ())
    return next((each for _, each, permission in found if access.could(permission)), endpoint)


def permissions(name: str) -> Callable[[], tuple[Permission, ...]]:
    """Any one of which opens a part of the menu whose lists are for different people."""
    return lambda: tuple(permission for _, _, permission in SECTIONS[name])


def blueprints(endpoint: str) -> set[str]:
    """The blueprints found through the part of the menu that begins with this page."""
    found = (lists for lists in SECTIONS.values() if lists[0][1] == endpoint)
    return {each.partition(".")[0] for lists in found for _, each, _ in lists}
