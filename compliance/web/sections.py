"""The parts of the menu, and the lists that belong together.

`SECTIONS` are the parts of the service: each its lists, their pages, and whom they are for. `GROUPS` are what the menu
shows, on one line: each group its parts, in order. A new room adds its pages to a part, or a part of its own to a group.
A page that is one of several lists shows the others; a page below one has its way back instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import request, url_for

from compliance.identity.proposals import acts
from policies.permissions import Permission

from . import access

Whom = Permission | Callable[[], Iterable[Permission]] | None
"""For whom a list is: those with a permission, those with any one of several, or (None) everybody who has signed in."""

SECTIONS: dict[str, tuple[tuple[str, str, Whom], ...]] = {
    "Home": (("Home", "home.home", None),),
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
        ("Training", "training.learners", Permission.TRAINING_READ),
        ("Welcome packs", "welcome.welcomed", Permission.WELCOME_READ),
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
    ),
    "Case system": (
        ("Clients", "clients.clients", Permission.CLIENT_READ),
        ("Webhooks", "webhooks.webhooks", Permission.WEBHOOK_READ),
    ),
    "Exceptions": (
        ("Conflicts of interest", "conflicts.conflicts", Permission.CONFLICT_READ),
        ("Break-glass", "break_glass.opened", Permission.BREAK_GLASS_READ),
    ),
    "Outages": (("Outages", "outages.outages", Permission.OUTAGE_READ),),
    "People": (("People", "people.people", Permission.ACCOUNT_RESET),),
    "Proposals": (("Proposals", "proposals.proposals", acts.permissions),),
    "Letters": (("Letters", "notices.letters", Permission.NOTICE_READ),),
    "Access audits": (("Access audits", "access_audits.audits", Permission.ACCESS_AUDIT_READ),),
    "Escalations": (("Escalations", "escalations.escalations", Permission.ESCALATION_READ),),
    "Accountability": (("Accountability", "accountability.organisations", Permission.FACTS_READ),),
    "Reports": (("Reports", "reports.reports", Permission.REPORT_READ),),
    "Growth": (("Growth", "growth.growth", Permission.GROWTH_READ),),
    "Help": (("Help", "help.requests", None), ("Support contacts", "help.contacts", Permission.HELP_READ)),
    "Concerns": (
        ("Report a concern", "concerns.report", None),
        ("What you reported", "concerns.concerns", None),
    ),
    "The policy": (("The policy", "policy.policy", None),),
    "Certificates": (("Check a certificate", "certificates.how_to_check", None),),
}
"""For each part: what its lists are called, their pages, and whom they are for."""

GROUPS: dict[str, tuple[str, ...]] = {
    "Home": ("Home", "Proposals", "Letters"),
    "Register": ("Register", "Sharing"),
    "Licences": ("Licences", "People"),
    "Assurance": ("Audit log", "Access audits", "Flags", "Breaches", "Exceptions", "Case system", "Outages"),
    "Governance": ("Complaints", "Escalations", "Accountability", "Reports", "Growth"),
    "Records": ("Retention",),
    "Help": ("Help", "Concerns", "The policy", "Certificates"),
}
"""The menu on one line: each group, and the parts that stand in it, in order; a group leads to the first that is open."""

BELONG = {
    "Register": ("organisations", "signing", "evidence"),
    "Licences": ("bulk",),
    "Training": ("training_lists",),
    "Home": ("account",),
}
"""Blueprints without a list of their own, and the part through which their pages are found."""


def menu() -> list[dict[str, Any]]:
    """The groups that are open to this person, each with the page it leads to; the one of the page at hand is marked."""
    here = _group_here()
    return [
        {
            "text": group,
            "href": url_for(way_in(parts[0])),
            "active": group == here,
            "current": request.endpoint == way_in(parts[0]),
        }
        for group in GROUPS
        if (parts := _open_parts(group))
    ]


def of_this_group() -> list[dict[str, Any]]:
    """The parts beside that of the page at hand, within its group; none where the group has one for this person."""
    group, part = _group_here(), _part_here()
    parts = _open_parts(group) if group else []
    if len(parts) < 2:
        return []
    return [
        {
            "text": each,
            "href": url_for(way_in(each)),
            "active": each == part,
            "current": request.endpoint == way_in(each),
        }
        for each in parts
    ]


def of_this_page() -> list[dict[str, Any]]:
    """The lists beside the page at hand; none where it is no list, or stands alone for this person."""
    for lists in SECTIONS.values():
        if request.endpoint in [endpoint for _, endpoint, _ in lists]:
            shown = [
                {"text": text, "href": url_for(endpoint), "current": request.endpoint == endpoint}
                for text, endpoint, whom in lists
                if open_to(whom)
            ]
            return shown if len(shown) > 1 else []
    return []


def way_in(part: str) -> str:
    """The page that a part leads this person to: the first of its lists that is for them."""
    return next(endpoint for _, endpoint, whom in SECTIONS[part] if open_to(whom))


def open_to(whom: Whom) -> bool:
    """Whether a list is for this person: for everybody, by a permission, or by any one of several."""
    if whom is None or isinstance(whom, Permission):
        return whom is None or access.could(whom)
    return any(access.could(each) for each in whom())


def blueprints(part: str) -> set[str]:
    """The blueprints whose pages are found through a part."""
    return {endpoint.partition(".")[0] for _, endpoint, _ in SECTIONS[part]} | {*BELONG.get(part, ())}


def _open_parts(group: str) -> list[str]:
    return [part for part in GROUPS[group] if any(open_to(whom) for _, _, whom in SECTIONS[part])]


def _part_here() -> str | None:
    return next((part for part in SECTIONS if request.blueprint in blueprints(part)), None)


def _group_here() -> str | None:
    here = _part_here()
    return next((group for group, parts in GROUPS.items() if here in parts), None)
