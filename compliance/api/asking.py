"""Reading what a case system asks: AuthZEN's shapes in, questions out (Authorization API 1.0, sections 5 to 7).

Facts about resources are the caller's; what it says of people, organisations and licences is not even read.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from compliance.decisions.questions import Question
from compliance.kernel.errors import FieldError

LONGEST = 255
_decode = msgspec.json.Decoder().decode
_STOPS = {"execute_all": None, "deny_on_first_deny": False, "permit_on_first_permit": True}


class BadQuestion(Exception):
    """A body that cannot be answered, and where it goes wrong."""

    def __init__(self, pointer: str, detail: str) -> None:
        self.error = FieldError(pointer, detail)
        super().__init__(detail)


def body(raw: bytes) -> dict[str, Any]:
    """The JSON object that was sent; raises BadQuestion for anything else, and for a member named twice."""
    try:
        decoded = _decode(raw)
        if raw.count(b":") != _members(decoded):
            json.loads(raw, object_pairs_hook=_once)
    except (msgspec.DecodeError, ValueError, RecursionError) as problem:
        raise BadQuestion("", "Send one JSON object, each member once.") from problem
    if not isinstance(decoded, dict):
        raise BadQuestion("", "Send one JSON object.")
    return decoded


def one(asked: dict[str, Any]) -> Question:
    """The single question of `/access/v1/evaluation`; raises BadQuestion."""
    return _question(asked.get("subject"), asked.get("action"), asked.get("resource"), asked.get("context"))


def many(asked: dict[str, Any], most: int) -> tuple[list[Question], bool | None]:
    """The questions of a batch, and the answer that ends it early (None: all are answered).

    What a batch gives at its top is a default for each item, replaced whole by the item's own. A bad item is
    a question that is answered no; only the batch as such can raise BadQuestion.
    """
    items = asked["evaluations"]
    if not isinstance(items, list):
        raise BadQuestion("/evaluations", "Send a list.")
    if len(items) > most:
        raise BadQuestion("/evaluations", f"Ask {most} questions or fewer at once.")
    options = asked.get("options")
    semantic = options.get("evaluations_semantic", "execute_all") if isinstance(options, dict) else "execute_all"
    if (options is not None and not isinstance(options, dict)) or semantic not in _STOPS:
        raise BadQuestion("/options/evaluations_semantic", "Use one of the standard's three semantics.")
    defaults = (asked.get("subject"), asked.get("action"), asked.get("resource"), asked.get("context"))
    return [_item(item, *defaults) for item in items], _STOPS[semantic]


def _item(item: Any, subject: Any, action: Any, resource: Any, context: Any) -> Question:
    if not isinstance(item, dict):
        return Question(broken=True)
    try:
        return _question(
            item.get("subject", subject), item.get("action", action),
            item.get("resource", resource), item.get("context", context),
        )  # fmt: skip
    except BadQuestion:
        return Question(broken=True)


def _question(subject: Any, action: Any, resource: Any, context: Any) -> Question:
    kind, who = _named(subject, "subject", "type"), _named(subject, "subject", "id")
    verb = _named(action, "action", "name")
    of, which = _named(resource, "resource", "type"), _named(resource, "resource", "id")
    for given, where in ((subject, "subject"), (action, "action")):
        properties = given.get("properties")
        if properties is not None and not isinstance(properties, dict):
            raise BadQuestion(f"/{where}/properties", "Send an object.")
    properties = resource.get("properties")
    purpose = None
    if context is not None:
        if not isinstance(context, dict):
            raise BadQuestion("/context", "Send an object.")
        purpose = _text(context.get("purpose"), "/context/purpose")
    if properties is None:
        return Question(_subject(kind, who), verb, of, which, which, None, None, False, purpose)
    if not isinstance(properties, dict):
        raise BadQuestion("/resource/properties", "Send an object.")
    closed = properties.get("closed", False)
    if closed is not True and closed is not False:
        raise BadQuestion("/resource/properties/closed", "Send true or false.")
    return Question(
        _subject(kind, who), verb, of, which,
        _text(properties.get("case"), "/resource/properties/case") or which,
        _text(properties.get("area"), "/resource/properties/area"),
        _text(properties.get("owner_organisation"), "/resource/properties/owner_organisation"),
        closed, purpose,
    )  # fmt: skip


def _subject(kind: str, who: str) -> str:
    """The key a person is known by; only people are known, and anything else is nobody."""
    if kind != "person":
        return ""
    return who.casefold() if "@" in who else who


def _named(given: Any, where: str, member: str) -> str:
    if not isinstance(given, dict):
        raise BadQuestion(f"/{where}", "Send an object.")
    value = given.get(member)
    if not isinstance(value, str) or not value or len(value) > LONGEST or not value.isprintable():
        raise BadQuestion(f"/{where}/{member}", f"Send plain text of 1 to {LONGEST} characters.")
    return value


def _text(value: Any, pointer: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        raise BadQuestion(pointer, f"Send plain text of at most {LONGEST} characters.")
    return value


def _members(value: Any) -> int:
    """How many members all the objects in `value` have: one colon each, when no text holds one."""
    if isinstance(value, dict):
        return len(value) + sum(_members(held) for held in value.values() if isinstance(held, (dict, list)))
    if isinstance(value, list):
        return sum(_members(held) for held in value if isinstance(held, (dict, list)))
    return 0


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a member is named twice")
    return held
