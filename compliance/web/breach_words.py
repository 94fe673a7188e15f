"""How the kinds, states and steps of a breach are said to people (BRE-1, BRE-2)."""

from __future__ import annotations

BREACH_KINDS = {
    "failure_to_share": "Failure to share information",
    "legal_requirements": "Non-compliance with legal requirements",
    "victims_needs": "Ignoring the victim’s needs",
    "risk_assessment": "Inadequate risk assessment",
    "data_breach": "Data breach",
    "security_incident": "Security incident",
}

BREACH_STATES = {
    "reported": ("Reported", "blue"),
    "raised": ("With the partner", "purple"),
    "answered": ("Partner answered", "light-blue"),
    "with_manager": ("With the MARAC manager", "yellow"),
    "with_steering": ("With the steering group", "orange"),
    "resolved": ("Resolved", "green"),
    "closed": ("Closed", "green"),
}
"""Where a breach stands, in words, and the colour of its tag."""

BREACH_STEPS = {
    "report": "Reported",
    "raise": "Raise it with the partner",
    "answer": "Answer for the partner",
    "escalate_to_manager": "Take it to the MARAC manager",
    "escalate_to_steering": "Take it to the steering group",
    "resolve": "Resolve it",
    "close": "Close it",
}
"""What can be done with a breach, as its buttons say it."""

BREACH_STEPS_DONE = {
    "report": "Reported",
    "raise": "Raised with the partner",
    "answer": "Answered by the partner",
    "escalate_to_manager": "Taken to the MARAC manager",
    "escalate_to_steering": "Taken to the steering group",
    "resolve": "Resolved",
    "close": "Closed",
}

BREACH_LETTERS = {
    "breach_waits": "A breach waits for its next step",
    "breach_due": "A breach is due",
    "breach_overdue": "A breach is overdue",
    "breach_ended": "A reported breach is dealt with",
    "breach_action": "An action from a breach was given",
    "breach_action_due": "An action from a breach is due",
    "breach_action_overdue": "An action from a breach is overdue",
}
"""What the letters about breaches tell."""
