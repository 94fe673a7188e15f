"""The shape of an answer, told from an answer that was given: its members and their kinds, and null where a thing may be missing."""

from __future__ import annotations

from functools import reduce
from typing import Any

from tests.inventory.contract.views import Schema

NEVER_NULL = frozenset(
    {"id", "items", "receipt", "receipts", "entry", "hash", "policy_version", "state_version", "active"}
)
"""Members that are always there with something in them."""

PLAIN = {bool: "boolean", int: "integer", float: "number", str: "string"}
UNKNOWN: Schema = {"type": "null"}
"""Nothing was there to see: whatever else is seen of it counts."""
ANYTHING: Schema = {}


def shape(value: Any) -> Schema:
    """A schema that this answer keeps, and answers like it. More members may come one day: whoever reads ignores them."""
    return _told("", _seen(value))


def _seen(value: Any) -> Schema:
    if isinstance(value, dict):
        members = {name: _seen(held) for name, held in value.items()}
        return {"type": "object", "properties": members, "required": sorted(NEVER_NULL & set(value))}
    if isinstance(value, list):
        seen = reduce(_either, map(_seen, value), UNKNOWN)
        return {"type": "array", "items": ANYTHING if None in value and seen != UNKNOWN else seen}
    return UNKNOWN if value is None else {"type": PLAIN[type(value)]}


def _either(one: Schema, other: Schema) -> Schema:
    """What both are; in whichever order they come."""
    if UNKNOWN in (one, other):
        return other if one == UNKNOWN else one
    if ANYTHING in (one, other) or one["type"] != other["type"]:
        return ANYTHING
    if one["type"] == "array":
        return {"type": "array", "items": _either(one["items"], other["items"])}
    if one["type"] == "object":
        mine, theirs = one["properties"], other["properties"]
        members = {name: _either(mine.get(name, UNKNOWN), theirs.get(name, UNKNOWN)) for name in {**mine, **theirs}}
        required = sorted(set(one["required"]) & set(other["required"]))
        return {"type": "object", "properties": dict(sorted(members.items())), "required": required}
    return one


def _told(name: str, seen: Schema) -> Schema:
    """As the document says it: what nobody saw may be anything, and what is not named as never null may be null."""
    if seen in (UNKNOWN, ANYTHING):
        return {}
    said = dict(seen)
    if "properties" in said:
        said["properties"] = {member: _told(member, held) for member, held in said["properties"].items()}
    if "items" in said:
        said["items"] = _told("id", said["items"])
    if name and name not in NEVER_NULL:
        said["type"] = [said["type"], "null"]
    return said
