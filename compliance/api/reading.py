"""Reading what a program sends: JSON in one reading only, bounded, nothing invisible in it, and nothing extra."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, NoReturn, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.fields import FieldInfo
from werkzeug.exceptions import UnsupportedMediaType

from compliance.kernel import text
from compliance.kernel.errors import FieldError, Invalid

from .errors import Malformed

M = TypeVar("M", bound="Body")

MOST_BYTES = 1_000_000
MOST_UPLOAD_BYTES = 12_000_000
MOST_DEPTH = 16
MOST_ERRORS = 50

_LENGTH_OF_A_DAY = 10

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)

SAYS = {
    "missing": "Field required",
    "extra_forbidden": "There is no such member here.",
    "string_type": "Use a string.",
    "int_type": "Use a whole number.",
    "int_parsing": "Use a whole number.",
    "bool_type": "Use true or false.",
    "bool_parsing": "Use true or false.",
    "list_type": "Use a list.",
    "tuple_type": "Use a list.",
    "model_type": "Use an object.",
    "model_attributes_type": "Use an object.",
    "uuid_type": "Use an identifier that we gave.",
    "uuid_parsing": "Use an identifier that we gave.",
    "date_type": "Use a date such as 2026-11-21.",
    "date_parsing": "Use a date such as 2026-11-21.",
    "date_from_datetime_parsing": "Use a date such as 2026-11-21.",
    "date_from_datetime_inexact": "Use a date such as 2026-11-21.",
    "datetime_type": "Use an instant with its time zone, such as 2026-11-21T10:00:00Z.",
    "datetime_parsing": "Use an instant with its time zone, such as 2026-11-21T10:00:00Z.",
    "timezone_aware": "Use an instant with its time zone, such as 2026-11-21T10:00:00Z.",
    "string_too_short": "Enter something here.",
    "string_too_long": "This is too long.",
    "too_short": "Name at least one.",
    "too_long": "These are too many.",
}
"""What each kind of mistake is called; none of them repeats what was sent."""


class Body(BaseModel):
    """What a route takes: exactly these members, of exactly these kinds."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _said(check: Callable[..., str], limit: int) -> AfterValidator:
    """What `compliance.kernel.text` lets through, and its words for what it does not."""

    def look(value: str) -> str:
        try:
            return check(value, pointer="", limit=limit)
        except Invalid as refusal:
            raise ValueError(refusal.words) from None

    return AfterValidator(look)


def _told(limit: int) -> FieldInfo:
    """The same limit, as the contract tells it; nothing is checked by this."""
    told: FieldInfo = Field(json_schema_extra={"maxLength": limit})
    return told


def plausible(day: date) -> date:
    """A date that somebody now living may have to do with; raises ValueError."""
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"Use a date between {EARLIEST.year} and {LATEST.year}.")
    return day


def moment(given: str) -> date | datetime:
    """A day, or an instant with its time zone; raises ValueError."""
    if len(given) == _LENGTH_OF_A_DAY:
        return plausible(date.fromisoformat(given))
    instant = datetime.fromisoformat(given)
    if instant.tzinfo is None:
        raise ValueError
    plausible(instant.date())
    return instant.astimezone(UTC)


def _moment(given: object) -> object:
    try:
        return moment(given) if isinstance(given, str) else given
    except (ValueError, OverflowError):
        raise ValueError("Use a date such as 2026-11-21, or an instant such as 2026-11-21T10:00:00Z.") from None


Line = Annotated[str, _said(text.line, 200), _told(200)]
Prose = Annotated[str, _said(text.prose, 4000), _told(4000)]
Code = Annotated[str, _said(text.line, 64), _told(64)]
Reference = Annotated[str, _said(text.line, 255), _told(255)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Day = Annotated[date, AfterValidator(plausible)]
DayOrInstant = Annotated[date | datetime, BeforeValidator(_moment)]


class Nothing(Body):
    """What a step takes that needs no words: an empty object, or no body at all."""


def parse_nothing() -> None:
    """Refuse a body with something in it, where there is nothing to say."""
    if request.content_length or request.headers.get("Transfer-Encoding"):
        parse(Nothing)


def parse(model: type[M]) -> M:
    """The body of the request at hand; raises Malformed, Invalid, or 413 and 415 before either."""
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType()
    return fitted(model, request.get_data())


def parse_form(model: type[M], *files: str) -> M:
    """As `parse`, for the fields of a multipart form; a list is a field given more than once."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType()
    stray = [FieldError(_pointer((name,)), SAYS["extra_forbidden"]) for name in request.files if name not in files]
    if stray:
        raise Invalid(fields=tuple(stray))
    fields: dict[str, Any] = {}
    for name, values in request.form.lists():
        listed = name in model.model_fields and "tuple" in str(model.model_fields[name].annotation)
        if not listed and len(values) > 1:
            raise Malformed("A field was sent twice.")
        fields[name] = values if listed else values[0]
    return fitted(model, json.dumps(fields).encode())


def parse_query(model: type[M]) -> M:
    """As `parse`, for what stands after the question mark: text throughout, each name once."""
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Malformed("A parameter was sent twice.")
        given[name] = values[0]
    _look_through(given, (), 0)
    try:
        return model.model_validate_strings(given, strict=False)
    except ValidationError as problem:
        _refuse(problem)


def file_sent(name: str) -> tuple[str, bytes]:
    """The name and the content of the one file sent under this name; raises Invalid there."""
    sent = request.files.getlist(name)
    if len(sent) != 1:
        raise Invalid.at(_pointer((name,)), "Send one file here.")
    return sent[0].filename or "", sent[0].read()


def fitted(model: type[M], raw: bytes) -> M:
    """`raw` as this model; raises Malformed or Invalid."""
    if not raw.strip():
        raise Malformed("The body is empty. Send a JSON object.")
    try:
        held = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed() from None
    if not isinstance(held, dict):
        raise Malformed()
    _look_through(held, (), 0)
    try:
        return model.model_validate_json(raw)
    except ValidationError as problem:
        _refuse(problem)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a member stands there twice")
    return held


def _no_constant(name: str) -> NoReturn:
    raise ValueError("JSON has no such number")


def _look_through(value: Any, where: tuple[str | int, ...], depth: int) -> None:
    """Refuse what cannot be seen (control and bidirectional characters, lone surrogates), in members' names too."""
    if depth > MOST_DEPTH:
        raise Malformed("The body is nested too deep.")
    if isinstance(value, str):
        _seen(value, where)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _seen(name, where)
            _look_through(inner, (*where, name), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _look_through(inner, (*where, index), depth + 1)


def _seen(value: str, where: tuple[str | int, ...]) -> None:
    if not value.isprintable():
        # A letter on each side, so that nothing at the ends is trimmed away before it is looked at.
        text.prose(f"x{value}x", pointer=_pointer(where), limit=MOST_BYTES)


def _refuse(problem: ValidationError) -> NoReturn:
    errors = problem.errors(include_input=False, include_url=False, include_context=True)[:MOST_ERRORS]
    raise Invalid(fields=tuple(FieldError(_pointer(error["loc"]), _words(error)) for error in errors)) from None


def _words(error: Any) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in {"enum", "literal_error"}:
        return f"Use one of these: {error['ctx']['expected']}."
    if kind in {"greater_than_equal", "less_than_equal"}:
        return "Use a number within the bounds."
    return SAYS.get(kind, "This is not right.")


def _pointer(where: tuple[str | int, ...]) -> str:
    """The JSON pointer (RFC 6901) to this place; a member's name is cut where it is longer than ours ever are."""
    return "".join("/" + str(part)[:64].replace("~", "~0").replace("/", "~1") for part in where)
