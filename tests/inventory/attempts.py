"""How each operation is tried: which door, upon what, with what to say; the right person would be let through."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.inventory.about_cases import ABOUT_CASES
from tests.inventory.acts import ACTS, Act
from tests.inventory.callers import FALLEN, MACHINES
from tests.inventory.door import Door, says
from tests.inventory.world import Belongings, Whose


def _request(its: Belongings) -> dict[str, Any]:
    email = f"new@{its.code}.gov.uk"
    return {"organisation_id": str(its.organisation), "full_name": "Wren Alder", "email": email,
            "areas": [its.area], "reason": "Joins the team"}  # fmt: skip


def _turns(*licences: UUID) -> dict[str, Any]:
    """A day of the week for each."""
    turns = [{"weekday": day, "begins": 0, "ends": 1440, "licence_id": str(each)} for day, each in enumerate(licences)]
    return {"name": "Duty desk", "turns": turns}


def _signed(its: Belongings) -> dict[str, Any]:
    return {"organisation_id": str(its.organisation), "name": "Robin Vale", "role": "Head of housing"}


def _paper(its: Belongings) -> dict[str, Any]:
    return _signed(its) | {"signed_on": "2026-11-21"}


def _unwilling(its: Belongings) -> dict[str, Any]:
    return {"organisation_id": str(its.organisation), "reasons": "Not yet."}


ATTEMPTS: dict[str, Door | Act] = {
    "GET /audit/checkpoint": Door("GET", "/audit/checkpoint"),
    "GET /audit/entries": Door("GET", "/audit/entries"),
    "GET /audit/entries/<number>": Door("GET", "/audit/entries/{entry}"),
    "GET /audit/entries/<number>/proof": Door("GET", "/audit/entries/{entry}/proof"),
    "GET /audit/growth": Door("GET", "/audit/growth?since=1"),
    "PUT /audit/purpose": Door("PUT", "/audit/purpose", lambda _its: {"purpose": "concern"}),
    "GET /accountability": Door("GET", "/accountability"),
    "GET /accountability/<organisation_id>": Door("GET", "/accountability/{organisation}"),
    "GET /capacity": Door("GET", "/capacity"),
    "GET /capacity/what-if": Door("GET", "/capacity/what-if"),
    "GET /instruments": Door("GET", "/instruments"),
    "GET /instruments/versions/<version_id>/document": Door("GET", "/instruments/versions/{version}/document"),
    "GET /licences": Door("GET", "/licences?organisation={organisation}"),
    "GET /licences/<licence_id>": Door("GET", "/licences/{active}"),
    "GET /licences/<licence_id>/checklist": Door("GET", "/licences/{active}/checklist"),
    "GET /assurance": Door("GET", "/assurance"),
    "GET /instruments/reviews": Door("GET", "/instruments/reviews"),
    "GET /organisations/<organisation_id>/assurance": Door("GET", "/organisations/{organisation}/assurance"),
    "POST /instruments/<code>/reviews": Door(
        "POST", "/instruments/op/reviews",
        says(due_on="2026-04-01", held_on="2026-04-01", useful=True, fit_for_purpose=True, issues="None.",
              decision="extend", reasons="It works."),
    ),
    "POST /instruments/<code>/versions": Door(
        "POST", "/instruments/op/versions", says(label="3", effective_on="2026-12-01", resign_by="2027-03-05"),
        file="file",
    ),
    "POST /organisations/<organisation_id>/contacts/<contact_id>/end": Door(
        "POST", "/organisations/{organisation}/contacts/{contact}/end"
    ),
    "GET /organisations": Door("GET", "/organisations"),
    "GET /organisations/<organisation_id>": Door("GET", "/organisations/{organisation}"),
    "GET /organisations/<organisation_id>/standing": Door("GET", "/organisations/{organisation}/standing"),
    "GET /organisations/<organisation_id>/standing?person": Door(
        "GET", "/organisations/{organisation}/standing?person={person}"
    ),
    "GET /growth": Door("GET", "/growth"),
    "GET /outages": Door("GET", "/outages"),
    "GET /outages/<outage_id>/taken": Door("GET", "/outages/{outage}/taken"),
    "POST /outages/<outage_id>/taken": Door(
        "POST", "/outages/{outage}/taken",
        lambda its: {"kind": "referral", "reference": "OFF-9", "organisation_id": str(its.organisation), "area": its.area},
    ),
    "POST /outages/<outage_id>/taken/<line_id>/settle": Door("POST", "/outages/{outage}/taken/{outage_line}/settle", says()),
    "GET /help-requests": Door("GET", "/help-requests"),
    "GET /training": Door("GET", "/training"),
    "POST /training": Door(
        "POST", "/training",
        lambda its: {
            "rows": [{"email": f"new@{its.code}.gov.uk", "module": "dash", "done_on": "2026-11-02"}], "good_rows": True,
        },
    ),
    "GET /training/<person_id>": Door("GET", "/training/{person}"),
    "GET /welcome-packs": Door("GET", "/welcome-packs"),
    "POST /organisations/<organisation_id>/welcome-packs": Door(
        "POST", "/organisations/{organisation}/welcome-packs", says(items=["protocol"], given_on="2026-11-02")
    ),
    "POST /organisations/<organisation_id>/welcome-packs/receipt": Door(
        "POST", "/organisations/{organisation}/welcome-packs/receipt", says(given_on="2026-10-05")
    ),
    "GET /reports": Door("GET", "/reports"),
    "GET /reports/<issued_id>": Door("GET", "/reports/{issued_report}"),
    "POST /reports": Door("POST", "/reports", says(kind="biannual", period="2026H2")),
    "GET /rotas": Door("GET", "/rotas?organisation={organisation}"),
    "GET /rotas/<rota_id>": Door("GET", "/rotas/{rota}"),
    "POST /rotas": Door("POST", "/rotas", lambda its: {"organisation_id": str(its.organisation)} | _turns(its.active)),
    "PUT /rotas/<rota_id>/turns": Door("PUT", "/rotas/{rota}/turns", lambda its: _turns(its.sharing, its.waits)),
    "POST /rotas/<rota_id>/members/<licence_id>/removal": Door(
        "POST", "/rotas/{rota}/members/{sharing}/removal", says()
    ),
    "DELETE /rotas/<rota_id>": Door("DELETE", "/rotas/{rota}"),
    "GET /seats": Door("GET", "/seats"),
    "GET /sessions/current": Door("GET", "/sessions/current"),
    "GET /signatories": Door("GET", "/signatories"),
    "GET /signatures/<signature_id>/certificate": Door("GET", "/signatures/{signature}/certificate"),
    "GET /access-audits": Door("GET", "/access-audits"),
    "GET /access-audits/<audit_id>": Door("GET", "/access-audits/{access_audit}"),
    "GET /use-audits": Door("GET", "/use-audits"),
    "GET /use-audits/<quarter>": Door("GET", "/use-audits/2026-Q4"),
    "GET /use-exemptions": Door("GET", "/use-exemptions"),
    "POST /licences/<licence_id>/use-exemptions": Door(
        "POST", "/licences/{active}/use-exemptions", says(reason="Long leave", ends_on="2027-03-31")
    ),
    "DELETE /use-exemptions/<exemption_id>": Door("DELETE", "/use-exemptions/{exemption}"),
    "GET /withdrawals": Door("GET", "/withdrawals"),
    "POST /instruments/versions/<version_id>/paper-signatures": Door(
        "POST", "/instruments/versions/{version}/paper-signatures", _paper, file="scan"
    ),
    "POST /instruments/versions/<version_id>/refusals": Door(
        "POST", "/instruments/versions/{version}/refusals", _unwilling
    ),
    "POST /instruments/versions/<version_id>/signatures": Door(
        "POST", "/instruments/versions/{version}/signatures", _signed
    ),
    "POST /licences": Door("POST", "/licences", _request),
    "POST /licences/<licence_id>/approval": Door("POST", "/licences/{requested}/approval"),
    "POST /licences/<licence_id>/deactivation": Door(
        "POST", "/licences/{active}/deactivation", says(reason="leaver")
    ),
    "GET /waiting-list": Door("GET", "/waiting-list"),
    "PUT /seats/<kind>": Door("PUT", "/seats/standing", says(seats=60)),
    "POST /licences/<licence_id>/waiting": Door("POST", "/licences/{requested}/waiting"),
    "POST /licences/<licence_id>/offer/acceptance": Door("POST", "/licences/{requested}/offer/acceptance"),
    "POST /licences/<licence_id>/offer/refusal": Door("POST", "/licences/{requested}/offer/refusal"),
    "POST /licences/<licence_id>/move": Door(
        "POST", "/licences/{active}/move",
        lambda its: {"organisation_id": str(its.organisation), "areas": [its.moves_to], "reason": "New team"},
    ),
    "POST /licences/<licence_id>/reallocation": Door(
        "POST", "/licences/{active}/reallocation", lambda its: {"to": str(its.requested)}
    ),
    "POST /licences/<licence_id>/refusal": Door(
        "POST", "/licences/{requested}/refusal", says(reason="No.", refused_for="no_seat")
    ),
    "POST /licences/<licence_id>/resumption": Door("POST", "/licences/{suspended}/resumption"),
    "POST /licences/<licence_id>/suspension": Door("POST", "/licences/{active}/suspension", says(reason="leave")),
    "POST /organisations/<organisation_id>/contacts": Door(
        "POST", "/organisations/{organisation}/contacts",
        lambda its: {"kind": "escalation", "name": "Sam Vale", "email": f"sam@{its.code}.gov.uk"},
    ),
    "POST /organisations/<organisation_id>/domains": Door(
        "POST", "/organisations/{organisation}/domains",
        lambda its: {"domain": f"{its.code}-two.gov.uk"},
    ),
    "POST /organisations/<organisation_id>/isa-checks": Door(
        "POST", "/organisations/{organisation}/isa-checks", says(found=True)
    ),
    "POST /organisations/<organisation_id>/policies": Door(
        "POST", "/organisations/{organisation}/policies",
        says(kind="safeguarding", title="Our policy", owner="Head", dated_on="2026-01-05", next_review_on="2027-01-05"),
    ),
    "POST /organisations/<organisation_id>/withdrawals": Door(
        "POST", "/organisations/{organisation}/withdrawals",
        says(instruments=["isa", "op"], letter_on="2026-11-21", reasons="We stop."), file="letter",
    ),
    "POST /organisations/<organisation_id>/withdrawals/preview": Door(
        "POST", "/organisations/{organisation}/withdrawals/preview", says(instruments=["isa", "op"])
    ),
    "GET /challenges": Door("GET", "/challenges"),
    "POST /challenges": Door(
        "POST", "/challenges",
        lambda its: {"kind": "signature", "entry_id": str(its.signature), "grounds": "It was another."},
    ),
    "GET /challenges/<challenge_id>": Door("GET", "/challenges/{challenge}"),
    "POST /challenges/<challenge_id>/decision": Door(
        "POST", "/challenges/{challenge}/decision", says(outcome="dismissed", reasons="It is right.")
    ),
    "POST /withdrawals/<withdrawal_id>/call-off": Door("POST", "/withdrawals/{announced}/call-off"),
    "POST /people": Door(
        "POST", "/people",
        lambda its: {
            "full_name": "Wren Alder", "email": "new@elsewhere.example", "organisation_id": str(its.organisation),
            "roles": ["delegate"], "reason": "Joins the team.",
        },
    ),
    "POST /people/<person_id>/invitation": Door("POST", "/people/{newcomer}/invitation"),
    "POST /people/<person_id>/reset": Door("POST", "/people/{person}/reset", says(identity_check="By telephone.")),
    "POST /people/<person_id>/training": Door(
        "POST", "/people/{person}/training", says(module="elearning", done_on="2026-11-01")
    ),
    "POST /people/<person_id>/vetting": Door(
        "POST", "/people/{person}/vetting", says(level="NPPV 2", holds_until="2028-01-31")
    ),
    "POST /withdrawals/<withdrawal_id>/acknowledgement": Door(
        "POST", "/withdrawals/{withdrawal}/acknowledgement", says(by="Robin Vale")
    ),
    "GET /people/<person_id>/roles": Door("GET", "/people/{newcomer}/roles"),
    "POST /people/<person_id>/roles": Door(
        "POST", "/people/{newcomer}/roles", says(role="escalation_contact", reason="Joins the team.")
    ),
    "POST /people/<person_id>/roles/<role_held_id>/end": Door(
        "POST", "/people/{newcomer}/roles/{role_held}/end", says(reason="Has moved on.")
    ),
    "GET /proposals": Door("GET", "/proposals"),
    "GET /proposals/<proposal_id>": Door("GET", "/proposals/{proposal}"),
    "POST /proposals/<proposal_id>/approval": Door(
        "POST", "/proposals/{proposal}/approval", lambda its: {"digest": its.digest}
    ),
    "POST /proposals/<proposal_id>/refusal": Door("POST", "/proposals/{proposal}/refusal", says(reason="Not now.")),
    "DELETE /proposals/<proposal_id>": Door("DELETE", "/proposals/{proposal}"),
    "DELETE /sessions/current": Door("DELETE", "/sessions/current"),
    "POST /account/authenticator": Door("POST", "/account/authenticator"),
    "POST /account/authenticator/confirmation": Door("POST", "/account/authenticator/confirmation", says(code="0")),
    "POST /account/password": Door("POST", "/account/password", says()),
    "POST /sessions/current/code": Door("POST", "/sessions/current/code", says()),
    "POST /sessions/current/email-code": Door("POST", "/sessions/current/email-code"),
    "POST /sessions/current/fresh-code": Door("POST", "/sessions/current/fresh-code", says()),
} | ABOUT_CASES | ACTS  # fmt: skip
"""Every operation that somebody is let into or kept out of, by what the matrix calls it."""

ONE_AND_THE_SAME = frozenset(
    {
        "POST /access-events", "POST /incidents", "POST /sharing-decisions", "GET /confidentiality-statement", "POST /confidentiality-statement/acknowledgements", "GET /accountability", "GET /growth", "GET /help-requests", "GET /outages", "GET /training", "POST /training", "GET /welcome-packs", "GET /reports", "GET /reports/<issued_id>", "POST /reports", "GET /capacity", "GET /capacity/what-if", "GET /assurance", "GET /instruments/reviews", "POST /instruments/<code>/reviews",
        "POST /instruments/<code>/versions", "GET /areas/<area>/members", "GET /challenges", "GET /audit/checkpoint", "GET /audit/entries", "GET /audit/growth", "PUT /audit/purpose",
        "GET /instruments", "GET /break-glass", "GET /changes", "GET /conflicts",
        "GET /retention/candidates", "GET /retention/certificates", "GET /retention/holds", "GET /retention/instructions", "GET /retention/manifests", "GET /retention/reviews",
        "GET /instruments/versions/<version_id>/document", "GET /organisations", "GET /seats", "GET /waiting-list", "PUT /seats/<kind>", "GET /sessions/current",
        "GET /signatories", "GET /access-audits", "GET /use-audits", "GET /use-audits/<quarter>", "GET /use-exemptions", "GET /withdrawals", "GET /proposals", "DELETE /sessions/current",
        "POST /account/authenticator", "POST /account/authenticator/confirmation", "POST /account/password",
        "POST /sessions/current/code", "POST /sessions/current/email-code", "POST /sessions/current/fresh-code",
        "use case: keep what a month came to", "use case: be the second person for the policy", "use case: be the second person for a webhook",
        "use case: register a client", "use case: put an organisation on the register", "use case: set the seats of the contract",
    }
)  # fmt: skip
"""Operations upon nobody's thing in particular: tried once."""


def comes(caller: str, operation: str) -> bool:
    """Whether this caller can try it at all: an operator has commands and no way to a door; whose right to come has
    ended comes to doors alone, and so do programs."""
    if isinstance(ATTEMPTS[operation], Act):
        return caller == "operator" or caller not in (*FALLEN, *MACHINES)
    return caller != "operator"


def whose_of(operation: str) -> tuple[Whose, ...]:
    """Upon whose things this operation is tried."""
    return (Whose.OWN,) if operation in ONE_AND_THE_SAME else tuple(Whose)
