"""Reading what a case system asks: AuthZEN's shapes in, questions out (Authorization API 1.0, sections 5 to 7).

Facts about resources are the caller's; what it says of people, organisations and licences is not even read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from compliance.decisions.questions import Question, Sought
from compliance.kernel.errors import FieldError

LONGEST = 255
_decode = msgspec.json.Decoder().decode
_STOPS = {"execute_all": None, "deny_on_first_deny": False, "permit_on_first_permit": True}


class BadQuestion(Exception):
    """A body that cannot be answered, and where it goes wrong."""

    def __init__(self, pointer: str, detail: str) -> None:
        self.error = FieldError(pointer, detail)
        super().__init__(detail)


class _Subject(msgspec.Struct, gc=False):
    type: str
    id: str
    properties: dict[str, Any] | None = None


class _Action(msgspec.Struct, gc=False):
    name: str
    properties: dict[str, Any] | None = None


class _Properties(msgspec.Struct, gc=False):
    area: str | None = None
    owner_organisation: str | None = None
    closed: bool | None = None
    case: str | None = None


class _Resource(msgspec.Struct, gc=False):
    type: str
    id: str
    properties: _Properties | None = None


class _Context(msgspec.Struct, gc=False):
    purpose: str | None = None


class _Item(msgspec.Struct, gc=False):
    subject: _Subject | None = None
    action: _Action | None = None
    resource: _Resource | None = None
    context: _Context | None = None


class _Batch(_Item, gc=False):
    evaluations: list[_Item] = []
    options: dict[str, str] | None = None


_decode_batch = msgspec.json.Decoder(_Batch).decode
_NO_PROPERTIES = _Properties()


@dataclass(slots=True)
class Questions:
    """What one call asks: a batch or a single question, and the answer that ends a batch early (None: none does)."""

    asked: list[Question]
    batch: bool = False
    stop_on: bool | None = None


def one(raw: bytes) -> Questions:
    """The question of `/access/v1/evaluation`; raises BadQuestion."""
    return Questions([_single(_body(raw))])


def many(raw: bytes, most: int) -> Questions:
    """What `/access/v1/evaluations` asks; raises BadQuestion for the batch as such, never for one bad item.

    What a batch gives at its top is a default for each item, replaced whole by the item's own. A bad item is
    a question that is answered no. Without items, the batch is a single question.
    """
    return _well_formed(raw, most) or _as_it_comes(_body(raw), most)


def sought(raw: bytes, kind: Sought) -> tuple[Question, dict[str, Any]]:
    """What a search gives, without the id of what it looks for; and the body, for its page. Raises BadQuestion."""
    body = _body(raw)
    given = {member: body.get(member) for member in ("subject", "action", "resource")}
    looked_for = given[kind.value]
    if kind is Sought.ACTION:
        given["action"] = {"name": _ANY}
    elif isinstance(looked_for, dict):
        given[kind.value] = {**looked_for, "id": _ANY}
    return _question(given["subject"], given["action"], given["resource"], body.get("context")), body


_ANY = "-"
"""In the place of what is looked for; nothing is decided about it."""


def _well_formed(raw: bytes, most: int) -> Questions | None:
    """The batch read straight into its shape, when every item is as it should be: the way the case system waits on."""
    try:
        batch = _decode_batch(raw)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if not 0 < len(batch.evaluations) <= most or batch.options is not None or not _surely_once(raw, batch):
        return None
    asked = []
    for item in batch.evaluations:
        subject, action = item.subject or batch.subject, item.action or batch.action
        resource, context = item.resource or batch.resource, item.context or batch.context
        if subject is None or action is None or resource is None:
            return None
        properties = resource.properties or _NO_PROPERTIES
        purpose = context.purpose if context is not None else None
        texts = (subject.type, subject.id, action.name, resource.type, resource.id)
        more = (properties.area or "", properties.owner_organisation or "", properties.case or "", purpose or "")
        if not ("" not in texts and "".join((*texts, *more)).isprintable() and max(map(len, texts + more)) <= LONGEST):
            return None
        asked.append(
            Question(
                _subject(subject.type, subject.id), action.name, resource.type, resource.id,
                properties.case or resource.id, properties.area, properties.owner_organisation,
                properties.closed is True,
                purpose,
            )
        )  # fmt: skip
    return Questions(asked, batch=True)


def _surely_once(raw: bytes, batch: _Batch) -> bool:
    """Whether plain counting shows that no member this door reads is named twice; when it does not, look closer."""
    if b"\\" in raw or b'" ' in raw or b'"\n' in raw or b'"\t' in raw or b'"\r' in raw:
        return False
    items = (batch, *batch.evaluations)
    subjects = [item.subject for item in items if item.subject is not None]
    actions = [item.action for item in items if item.action is not None]
    resources = [item.resource for item in items if item.resource is not None]
    contexts = [item.context for item in items if item.context is not None]
    about = [resource.properties for resource in resources if resource.properties is not None]
    count = raw.count
    return (
        count(b'"evaluations":') == 1
        and count(b'"subject":') == len(subjects)
        and count(b'"action":') == count(b'"name":') == len(actions)
        and count(b'"resource":') == len(resources)
        and count(b'"type":') == count(b'"id":') == len(subjects) + len(resources)
        and count(b'"properties":') == len(about)
        and count(b'"area":') == sum(one.area is not None for one in about)
        and count(b'"owner_organisation":') == sum(one.owner_organisation is not None for one in about)
        and count(b'"closed":') == sum(one.closed is not None for one in about)
        and count(b'"case":') == sum(one.case is not None for one in about)
        and count(b'"context":') == len(contexts)
        and count(b'"purpose":') == sum(one.purpose is not None for one in contexts)
    )


def _as_it_comes(body: dict[str, Any], most: int) -> Questions:
    items = body.get("evaluations")
    if items is None or items == []:
        return Questions([_single(body)])
    if not isinstance(items, list):
        raise BadQuestion("/evaluations", "Send a list.")
    if len(items) > most:
        raise BadQuestion("/evaluations", f"Ask {most} questions or fewer at once.")
    options = body.get("options")
    semantic = options.get("evaluations_semantic", "execute_all") if isinstance(options, dict) else "execute_all"
    if (options is not None and not isinstance(options, dict)) or semantic not in _STOPS:
        raise BadQuestion("/options/evaluations_semantic", "Use one of the standard's three semantics.")
    defaults = (body.get("subject"), body.get("action"), body.get("resource"), body.get("context"))
    return Questions([_item(item, *defaults) for item in items], batch=True, stop_on=_STOPS[semantic])


def _body(raw: bytes) -> dict[str, Any]:
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


def _single(body: dict[str, Any]) -> Question:
    return _question(body.get("subject"), body.get("action"), body.get("resource"), body.get("context"))


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
