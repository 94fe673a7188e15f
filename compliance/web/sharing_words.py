"""What the states and steps of sharing are called on pages."""

from __future__ import annotations

DECISIONS = {"share": ("Shared", "green"), "not_share": ("Not shared", "grey")}

REUSE_STATES = {
    "open": ("Waits for the supplier", "blue"),
    "permitted": ("Permitted", "green"),
    "refused": ("Refused", "orange"),
    "relied_on": ("Overriding reason", "purple"),
    "withdrawn": ("Taken back", "grey"),
}

REUSE_STEPS = {
    "permit": "Permit it",
    "refuse": "Refuse it",
    "rely": "Rely on an overriding reason",
    "withdraw": "Take the request back",
}

DISCLOSURE_STATES = {
    "asked": ("Waits for a manager", "blue"),
    "authorised": ("Authorised", "teal"),
    "refused": ("Refused", "orange"),
    "made": ("Disclosed", "green"),
}

DISCLOSURE_STEPS = {
    "authorise": "Authorise it",
    "refuse": "Refuse it",
    "make": "Say that it was disclosed",
}
