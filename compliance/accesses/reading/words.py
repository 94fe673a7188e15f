"""What the log's codes are called, for whoever reads it: on pages and in files the same words.

What is in an entry came from many hands. Whatever cannot be seen in it, or would turn a line round, is shown as the
code of its character, so that nothing can pass for something else.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime

from audit.models import AuditEntry
from compliance.identity.rules import ROLE_NAMES

ROLES = {**ROLE_NAMES, "licence_holder": "Licence holder", "case_system": "Case system", "operator": "Operator", "job": "Scheduled job"}  # fmt: skip

OUTCOMES = {"done": "Done", "refused": "Refused", "permit": "Permitted", "deny": "Denied", "mixed": "Mixed"}

HAPPENINGS = {
    "audit.day_read": "Audit log: a person’s day read",
    "audit.entries_exported": "Audit log: entries taken away as a file",
    "audit.entry_read": "Audit log: one entry read",
    "audit.exported": "Audit log: whole log written to a folder",
    "audit.read": "Audit log: searched and read",
    "audit.readers_read": "Audit log: a case’s readers looked up",
    "case_access.disclosed": "Case system: disclosed to somebody",
    "case_access.downloaded": "Case system: downloaded",
    "case_access.exported": "Case system: exported",
    "case_access.signed_in": "Case system: signed in",
    "case_access.viewed": "Case system: opened",
    "decision.answered": "Decision: answered for the case system",
    "decisions.answered": "Decisions: many answered in one call",
    "access.refused": "Access: turned away from a page",
    "list.viewed": "List: looked at",
    "list.exported": "List: taken away as a file",
}
"""Events that their own names do not say well."""

GROUPS = {"audit": "Audit log", "case_access": "Case system", "list": "Lists"}
"""What events that begin alike are called, where that is not how they begin."""

ACCESSES = {
    "sign_in": "Signed in to the case system", "view": "Opened in the case system",
    "download": "Downloaded from the case system", "export": "Exported from the case system",
    "disclosure": "Disclosed to somebody outside",
}  # fmt: skip
"""Kinds of access that the case system reports."""

_JOINERS = {"\u200c", "\u200d"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def group(code: str) -> str:
    """What events that begin alike are called together: *Licence*."""
    return GROUPS.get(code, code.replace("_", " ").capitalize())


def happening(name: str) -> str:
    """The name of an event in words: *Licence: suspended*."""
    if name in HAPPENINGS:
        return HAPPENINGS[name]
    head, _, what = name.partition(".")
    return f"{group(head)}: {what.replace('_', ' ')}" if what else group(head)


def happened(entry: AuditEntry) -> datetime | None:
    """When something that the case system reported happened there; None for what the log was told at once."""
    if not entry.event.startswith("case_access."):
        return None
    try:
        return datetime.fromisoformat(json.loads(entry.detail)["happened_at"])
    except (ValueError, KeyError, TypeError):
        return None


def outcome(code: str) -> str:
    """An outcome in a word."""
    return OUTCOMES.get(code, code.replace("_", " ").capitalize())


def role(code: str) -> str:
    """A role by its name."""
    return ROLES.get(code, code.replace("_", " ").capitalize())


def acted(kind: str, id_: str) -> str:
    """Who acted, where it was nobody with a name: a program, a job, a command, or nobody yet."""
    known = {
        "client": "The case system",
        "job": f"Scheduled job {id_}",
        "command": f"Command {id_}",
        "nobody": "Nobody signed in",
    }
    return visible(known.get(kind, f"{role(kind)} {id_}"))


def whence(entry: AuditEntry) -> str:
    """Where an act came from, as far as that is still kept."""
    return visible(entry.whence or ("No longer kept" if entry.is_disposed else "This machine"))


def visible(value: object | None) -> str:
    """A value of the log as text in which everything is seen: `\\u202e` for what turns a line round, and so on."""
    text = "" if value is None else str(value)
    if text.isprintable():
        return text
    return "".join(_shown(each) for each in text)


def _shown(character: str) -> str:
    if character in _JOINERS or unicodedata.category(character) not in _UNSEEN:
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
