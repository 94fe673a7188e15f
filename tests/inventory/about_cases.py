"""How the operations about cases are tried: reports, exceptions, sharing, facts, changes of rights, and how long records are kept."""

from __future__ import annotations

from typing import Any

from tests.builders.retention import finding
from tests.inventory.door import Door, says
from tests.inventory.world import Belongings


def _told(its: Belongings) -> dict[str, Any]:
    """One event of the case system: somebody signed in to it."""
    return {"events": [{"id": "e-1", "kind": "sign_in", "person": str(its.person), "at": "2026-11-21T09:59:00Z"}]}


ABOUT_CASES: dict[str, Door] = {
    "GET /areas/<area>/members": Door("GET", "/areas/mid-kent/members"),
    "POST /invitations": Door(
        "POST", "/invitations", lambda its: {"reference": "C-9", "person_id": str(its.person), "closed": True}
    ),
    "POST /access-events": Door("POST", "/access-events", _told),
    "DELETE /invitations/<invitation_id>": Door("DELETE", "/invitations/{invitation}"),
    "POST /incidents": Door(
        "POST", "/incidents", says(kind="access_concern", words="They knew too much.", reference="C-9")
    ),
    "POST /sharing-decisions": Door(
        "POST", "/sharing-decisions", says(reference="C-9", decision="share", basis="public_task", words="They asked.")
    ),
    "POST /reuse-requests": Door(
        "POST", "/reuse-requests",
        lambda its: {
            "reference": "C-9", "supplier_id": str(its.withdrawn), "purpose": "other", "words": "The dates.",
        },
    ),
    "GET /reuse-requests/<request_id>": Door("GET", "/reuse-requests/{reuse}"),
    "GET /confidentiality-statement": Door("GET", "/confidentiality-statement"),
    "POST /confidentiality-statement/acknowledgements": Door(
        "POST", "/confidentiality-statement/acknowledgements", says(version=1)
    ),
    "POST /facts": Door(
        "POST", "/facts",
        lambda its: {
            "facts": [
                {
                    "organisation_id": str(its.organisation), "area": its.area, "period": "2026-10",
                    "counter": "actions_set", "count": 3,
                }
            ]
        },
    ),
    "GET /break-glass": Door("GET", "/break-glass"),
    "POST /break-glass": Door(
        "POST", "/break-glass",
        lambda its: {
            "person_id": str(its.person), "reference": "E-9", "area": its.area, "hours": 2, "reason": "At night.",
        },
    ),
    "GET /break-glass/<glass_id>": Door("GET", "/break-glass/{glass}"),
    "DELETE /break-glass/<glass_id>": Door("DELETE", "/break-glass/{glass}"),
    "POST /break-glass/<glass_id>/review": Door(
        "POST", "/break-glass/{glass_over}/review", says(justified=True, review="It was called.")
    ),
    "GET /changes": Door("GET", "/changes"),
    "GET /conflicts": Door("GET", "/conflicts"),
    "POST /conflicts": Door(
        "POST", "/conflicts",
        lambda its: {"person_id": str(its.person), "reference": "K-9", "grounds": "A relative."},
    ),
    "GET /conflicts/<conflict_id>": Door("GET", "/conflicts/{conflict}"),
    "POST /conflicts/<conflict_id>/lifting": Door(
        "POST", "/conflicts/{conflict}/lifting", says(grounds="A namesake.")
    ),
    "GET /retention/candidates": Door("GET", "/retention/candidates"),
    "GET /retention/certificates": Door("GET", "/retention/certificates"),
    "GET /retention/certificates/<item_id>": Door("GET", "/retention/certificates/{certificate}"),
    "GET /retention/holds": Door("GET", "/retention/holds"),
    "POST /retention/holds": Door(
        "POST", "/retention/holds",
        lambda its: {"ground": "litigation", "reach": "record", "value": f"N-{its.code}", "reason": "A claim.",
                     "review_on": "2027-03-01"},
    ),
    "POST /retention/holds/<hold_id>/lifting": Door("POST", "/retention/holds/{hold}/lifting", says(reason="Over.")),
    "GET /retention/manifests": Door("GET", "/retention/manifests"),
    "POST /retention/manifests": Door(
        "POST", "/retention/manifests", lambda its: {"records": [str(its.record_to_go)], "reason": "Their time is over."}
    ),
    "GET /retention/manifests/<manifest_id>": Door("GET", "/retention/manifests/{manifest}"),
    "DELETE /retention/manifests/<manifest_id>": Door("DELETE", "/retention/manifests/{manifest}"),
    "GET /retention/instructions": Door("GET", "/retention/instructions"),
    "POST /retention/instructions/<instruction_id>/confirmation": Door(
        "POST", "/retention/instructions/{instruction}/confirmation", says(method="erased", disposed_on="2026-11-21")
    ),
    "PUT /retention/records/<reference>": Door(
        "PUT", "/retention/records/R-{code}", says(groups=[2], opened_on="2026-01-05")
    ),
    "POST /retention/records/<reference>/events": Door(
        "POST", "/retention/records/R-{code}/events",
        says(event_id="e-1", kind="new_offence", happened_on="2026-02-05"),
    ),
    "GET /retention/records/<reference>": Door("GET", "/retention/records/R-{code}"),
    "GET /retention/reviews": Door("GET", "/retention/reviews"),
    "POST /retention/reviews": Door(
        "POST", "/retention/reviews", lambda its: {"reference": f"N-{its.code}", "trigger": "new_information"}
    ),
    "GET /retention/reviews/<review_id>": Door("GET", "/retention/reviews/{record_review}"),
    "POST /retention/reviews/<review_id>/decision": Door(
        "POST", "/retention/reviews/{record_review}/decision",
        lambda _its: {"answers": dict(finding().answers), "decision": "retain", "reason": "It is still needed."},
    ),
}  # fmt: skip
"""Each by what the matrix calls it."""
