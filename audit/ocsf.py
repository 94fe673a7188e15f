"""The log's entries in the shape of OCSF 1.8.0, for whoever reads logs by machine.

Four classes are enough for what happens here: signing in (3002), what is done to a thing (3004), what somebody may do
and may no longer (3005), and what was asked and answered (6003). Which event is of which class is said here alone:
by its name, or by the verb it ends in. What OCSF has no place for stands under `unmapped`, so that nothing is lost.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from .models import AuditEntry

VERSION = "1.8.0"
SIGN_IN, ENTITY, ACCESS, API = 3002, 3004, 3005, 6003
LOGON, LOGOFF = 1, 2
CREATE, READ, UPDATE, DELETE, ACTIVATE, SUSPEND, RESUME, OTHER = 1, 2, 3, 4, 10, 12, 13, 99
ASSIGN, REVOKE, ASSIGN_ROLE, REMOVE_ROLE = 1, 2, 3, 4

NAMED: dict[str, tuple[int, int]] = {
    "access.refused": (API, READ),
    "break_glass.granted": (ACCESS, ASSIGN),
    "break_glass.ended": (ACCESS, REVOKE),
    "case_access.signed_in": (SIGN_IN, LOGON),
    "case_access.viewed": (API, READ),
    "case_access.downloaded": (API, READ),
    "case_access.exported": (API, READ),
    "case_access.disclosed": (API, READ),
    "case_invitation.ended": (ACCESS, REVOKE),
    "case_invitation.made": (ACCESS, ASSIGN),
    "client.sign_in_failed": (SIGN_IN, LOGON),
    "client.signed_in": (SIGN_IN, LOGON),
    "client.turned_away": (API, READ),
    "decision.answered": (API, READ),
    "decisions.answered": (API, READ),
    "decisions.searched": (API, READ),
    "disclosure.made": (ENTITY, UPDATE),
    "escalation.raised": (ENTITY, UPDATE),
    "growth.counted": (ENTITY, CREATE),
    "help.asked": (ENTITY, CREATE),
    "incident.raised": (ENTITY, UPDATE),
    "licence.activated": (ACCESS, ASSIGN),
    "licence.deactivated": (ACCESS, REVOKE),
    "licence.resumed": (ACCESS, ASSIGN),
    "licence.suspended": (ACCESS, REVOKE),
    "outage.closed": (ENTITY, UPDATE),
    "outage_pack.fetched": (API, READ),
    "report.counted": (ENTITY, READ),
    "report.issued": (ENTITY, CREATE),
    "right.ran_out": (ACCESS, REVOKE),
    "role.ended": (ACCESS, REMOVE_ROLE),
    "role.granted": (ACCESS, ASSIGN_ROLE),
    "session.ended": (SIGN_IN, LOGOFF),
    "sign_in.code_repeated": (SIGN_IN, OTHER),
    "sign_in.code_sent": (SIGN_IN, OTHER),
    "sign_in.done": (SIGN_IN, LOGON),
    "sign_in.failed": (SIGN_IN, LOGON),
    "sign_in.password_accepted": (SIGN_IN, OTHER),
    "sign_in.refused_country": (SIGN_IN, LOGON),
    "sign_in.source_throttled": (SIGN_IN, LOGON),
    "sign_on.begun": (SIGN_IN, LOGON),
    "sign_on.code_given": (SIGN_IN, OTHER),
    "sign_on.code_refused": (SIGN_IN, OTHER),
    "sign_on.ended": (SIGN_IN, LOGOFF),
}
"""Events whose class and activity their verb does not say."""

VERBS: dict[str, int] = {
    **dict.fromkeys(
        ("added", "announced", "concern_reported", "discussion_recorded", "report_sent", "enrolled", "entered", "given", "joined", "known", "made", "named", "opened", "published",
         "raised", "recorded", "registered", "requested", "sent", "granted", "found", "set_out", "reported", "action_added", "fell_due", "disposal_proposed", "secret_made", "placed", "proposed", "declared"),
        CREATE,
    ),
    **dict.fromkeys(
        ("day_read", "entries_exported", "entry_read", "exported", "history_viewed", "letter_read", "previewed", "read",
         "readers_read", "tried", "version_read", "viewed", "assurance_viewed", "report_read", "certificate_viewed"),
        READ,
    ),
    **dict.fromkeys(
        ("accepted", "acknowledged", "approved", "ruled", "side_named", "assigned", "asked", "certified", "changed", "checked",
         "closed_marac", "closed_to_strangers", "compromised", "copied", "corrected", "decided", "dismissed",
         "duties_acknowledged", "expired", "explained", "holder_warned", "judged", "locked", "member_left", "reallocated",
         "reckoned", "recovered", "refused", "rehashed", "resealed", "reset", "review_reminded", "reviewed", "set", "signature_corrected", "signed",
         "signed_off", "taken", "told", "turns_set", "upheld", "version_opened", "version_published", "warned", "withdrew",
         "domain_added", "answered", "closed", "failed", "rolled_back", "accepted_rollback", "reopened", "reminded", "grown", "handed_over",
         "found_breach", "called_to_mind", "noted", "altered", "rotated", "not_told", "assessed", "people_decided", "people_told", "partners_told", "escalated", "resolved", "conduct_referred", "action_done", "action_reminded", "raised_as_breach", "retained", "regrouped", "permitted", "relied_on", "authorised", "moved", "sent_again", "done_again", "settled", "instructed", "record_instructed", "chased", "confirmed", "left_out", "prolonged", "turned", "sorted", "passed_on", "received"),
        UPDATE,
    ),
    **dict.fromkeys(
        ("answers_forgotten", "called_off", "deactivated", "disposed", "dropped", "ended", "entry_struck_out", "forgotten", "left", "lifted",
         "links_ended", "taken_back", "credential_ended", "token_revoked", "withdrawn", "deleted", "personal_disposed"),
        DELETE,
    ),
    "activated": ACTIVATE, "suspended": SUSPEND, "resumed": RESUME, "licence_suspended": SUSPEND, "licence_lifted": RESUME,
}  # fmt: skip
"""For every other event, what its verb does to the thing it is about (class 3004)."""

_PRODUCT = {"name": "MARAC Hub", "vendor_name": "MARAC compliance"}
_FAILED = frozenset({"refused", "failed"})
_FAILED_EVENTS = frozenset(
    {"client.sign_in_failed", "sign_in.failed", "sign_in.refused_country", "sign_in.source_throttled"}
)
_ACTIONS = {"permit": (1, "Allowed"), "deny": (2, "Denied"), "refused": (2, "Denied"), "done": (1, "Allowed")}
_MIXED = (99, "Mixed")
_INFORMATIONAL, _LOW = 1, 2
_SUCCESS, _FAILURE = 1, 2


def class_of(event: str) -> tuple[int, int]:
    """The class and the activity of an event; raises KeyError for one that has none yet."""
    if event in NAMED:
        return NAMED[event]
    return ENTITY, VERBS[event.partition(".")[2]]


def row(entry: AuditEntry, people: dict[str, str]) -> dict[str, Any]:
    """One entry as an OCSF event; `people` are the names of those it may speak of, by id."""
    try:
        class_uid, activity = class_of(entry.event)
    except KeyError:
        # An event of a later version, kept in the log of this one: it is shown all the same.
        class_uid, activity = ENTITY, OTHER
    failed = entry.outcome in _FAILED or entry.event in _FAILED_EVENTS
    detail = json.loads(entry.detail)
    said = {
        "class_uid": class_uid,
        "category_uid": class_uid // 1000,
        "activity_id": activity,
        "type_uid": class_uid * 100 + activity,
        "severity_id": _LOW if failed or entry.outcome == "deny" else _INFORMATIONAL,
        "status_id": _FAILURE if failed else _SUCCESS,
        "time": _milliseconds(entry.at),
        "metadata": {"version": VERSION, "product": _PRODUCT, "uid": str(entry.number), "event_code": entry.event},
        "actor": _actor(entry, people),
        "src_endpoint": _source(entry),
        **_of_class(class_uid, entry, detail, people),
        "unmapped": _unmapped(entry, detail),
    }
    if class_uid == API:
        said["metadata"] = said["metadata"] | {"profiles": ["security_control"]}
        said["action_id"], said["action"] = _ACTIONS.get(entry.outcome, _MIXED)
    return said


def _of_class(class_uid: int, entry: AuditEntry, detail: Any, people: dict[str, str]) -> dict[str, Any]:
    if class_uid == SIGN_IN:
        signs: dict[str, Any] = {
            "user": _user(entry.subject_id if entry.subject_kind == "person" else entry.actor_id, people)
        }
        signs["service"] = {"name": "Case system" if entry.event.startswith("case_access.") else _PRODUCT["name"]}
        if entry.session_id:
            signs["session"] = {"uid": entry.session_id}
        if entry.event == "sign_in.done":
            signs["is_mfa"] = True
        return signs
    if class_uid == ACCESS:
        return {"user": _user(_whose(entry, detail), people), "resources": _resources(entry)}
    if class_uid == API:
        operation = _operation(entry, detail)
        asked: dict[str, Any] = {"operation": operation}
        if entry.request_id:
            asked["request"] = {"uid": entry.request_id}
        return {"api": asked, "resources": _resources(entry)}
    return {"entity": _without_empty({"uid": entry.subject_id, "name": _called(entry), "type": entry.subject_kind})}


def _whose(entry: AuditEntry, detail: Any) -> str | None:
    """Whose rights: the person an event is about, or whom its detail names."""
    if entry.subject_kind == "person":
        return entry.subject_id
    return next((detail[name] for name in ("person", "holder") if isinstance(detail, dict) and name in detail), None)


def _operation(entry: AuditEntry, detail: Any) -> str:
    """What was asked for: the case system's own action where the entry says which."""
    if entry.event == "decision.answered" and isinstance(detail, list) and detail:
        return str(detail[0])
    said = detail.get("action") or detail.get("door") if isinstance(detail, dict) else None
    return str(said or entry.event)


def _resources(entry: AuditEntry) -> list[dict[str, Any]]:
    found = []
    if entry.reference:
        found.append({"uid": entry.reference, "type": "marac_case"})
    if entry.subject_id:
        found.append(_without_empty({"uid": entry.subject_id, "type": entry.subject_kind}))
    return found or [{"name": _called(entry)}]


def _actor(entry: AuditEntry, people: dict[str, str]) -> dict[str, Any]:
    if entry.actor_kind == "person":
        return {"user": _user(entry.actor_id, people, entry.actor_organisation)}
    if entry.actor_kind == "nobody":
        return {"user": {"type_id": 0, "name": "nobody"}}
    return {"app_name": entry.actor_kind, "app_uid": entry.actor_id}


def _user(person_id: str | None, people: dict[str, str], organisation: str | None = None) -> dict[str, Any]:
    if person_id is None:
        return {"type_id": 0, "name": "unknown"}
    org = {"uid": organisation} if organisation else None
    return _without_empty({"uid": person_id, "name": people.get(person_id), "org": org, "type_id": 1})


def _source(entry: AuditEntry) -> dict[str, Any]:
    return {"ip": entry.whence} if entry.whence else {"name": "not kept" if entry.is_disposed else "this machine"}


def _called(entry: AuditEntry) -> str:
    return (entry.subject_kind or entry.event.partition(".")[0]).replace("_", " ")


def _unmapped(entry: AuditEntry, detail: Any) -> dict[str, Any]:
    """What OCSF has no place for, in the log's own names."""
    return _without_empty(
        {
            "outcome": entry.outcome,
            "actor_roles": (entry.actor_roles or "").split() or None,
            "actor_organisation": entry.actor_organisation,
            "organisation": entry.organisation,
            "reference": entry.reference,
            "rules": (entry.rules or "").split() or None,
            "purpose": entry.purpose,
            "session_id": entry.session_id,
            "request_id": entry.request_id,
            "state_version": entry.state_version,
            "policy_version": entry.policy_version,
            "format": entry.format,
            "hash": entry.hash.hex(),
            "detail": detail or None,
        }
    )


def _without_empty(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _milliseconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp() * 1000)
