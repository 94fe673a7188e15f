"""Every way in which a service can fail to permit: each is what it sends for a question, as bytes on the line.

`honest` alone permits, and `refuses` is an honest no. Whatever opens for any other has a hole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Piece = bytes | float
"""Something to send, or so many seconds to wait."""

LATE_SECONDS = 20.0
"""Nobody at a screen waits so long: an answer after it is for nobody."""

_GOOD_SECONDS = 5


@dataclass(frozen=True)
class Asked:
    """What was asked: under which request id, and how many questions, None for a single one. `before` is an answer from before."""

    request_id: str | None
    many: int | None
    before: bytes | None


Mood = Callable[[Asked], Iterator[Piece]]


def answer(decision: Any = True, *, seconds: float = _GOOD_SECONDS, **context: Any) -> dict[str, Any]:
    """An answer as the service gives it; what is None in `context` is left out."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    whole: dict[str, Any] = {
        "receipt": {"entry": 17, "hash": "0" * 64}, "policy_version": "kit", "state_version": 1,
        "valid_until": until.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    } | context  # fmt: skip
    return {"decision": decision, "context": {name: value for name, value in whole.items() if value is not None}}


def sent(
    asked: Asked,
    body: bytes,
    *,
    status: str = "200 OK",
    media_type: str = "application/json",
    request_id: str | None = "",
    length: int | None = None,
    more: str = "",
) -> bytes:
    """A whole answer of HTTP. `request_id` is the one asked under unless told otherwise; None leaves it out."""
    echoed = asked.request_id if request_id == "" else request_id
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body) if length is None else length}\r\n"
    head += f"X-Request-ID: {echoed}\r\n" if echoed else ""
    return f"{head}{more}Connection: close\r\n\r\n".encode("latin-1") + body


def said(asked: Asked, each: Any) -> bytes:
    """The same decision for everything that was asked, as JSON."""
    whole = each if asked.many is None else {"evaluations": [each] * asked.many}
    return json.dumps(whole).encode()


def _answers(each: Callable[[], Any], **how: Any) -> Mood:
    return lambda asked: iter([sent(asked, said(asked, each()), **how)])


def _raw(body: bytes, **how: Any) -> Mood:
    """These bytes, whatever was asked; for a batch too, because nobody may take them for an answer."""
    return lambda asked: iter([sent(asked, body, **how)])


def _nothing(_asked: Asked) -> Iterator[Piece]:
    return iter(())


def _silent(_asked: Asked) -> Iterator[Piece]:
    yield LATE_SECONDS


def _late(asked: Asked) -> Iterator[Piece]:
    yield LATE_SECONDS
    yield sent(asked, said(asked, answer()))


def _dribbled(asked: Asked) -> Iterator[Piece]:
    whole = sent(asked, said(asked, answer(seconds=10 * LATE_SECONDS)))
    for place in range(len(whole)):
        yield whole[place : place + 1]
        yield LATE_SECONDS / 40


def _stops_half_way(asked: Asked) -> Iterator[Piece]:
    whole = sent(asked, said(asked, answer()))
    yield whole[:-9]


def _says_less(asked: Asked) -> Iterator[Piece]:
    body = said(asked, answer())
    yield sent(asked, body, length=len(body) - 5)


def _again(asked: Asked) -> Iterator[Piece]:
    """What was good for somebody else a moment ago, as whoever listened in would send it again."""
    yield asked.before or sent(asked, said(asked, answer()), request_id="an-earlier-question")


def _twice(asked: Asked) -> Iterator[Piece]:
    body = said(asked, answer(False)).replace(b'"decision": false', b'"decision": false, "decision": true')
    yield sent(asked, body)


def _too_few(asked: Asked) -> Iterator[Piece]:
    body = {"evaluations": [answer()] * ((asked.many or 2) - 1)}
    yield sent(asked, json.dumps(body).encode())


def _too_many(asked: Asked) -> Iterator[Piece]:
    yield sent(asked, json.dumps({"evaluations": [answer()] * ((asked.many or 1) + 1)}).encode())


def _the_other_form(asked: Asked) -> Iterator[Piece]:
    whole = {"evaluations": [answer()]} if asked.many is None else answer()
    yield sent(asked, json.dumps(whole).encode())


def _ended(seconds: float) -> Mood:
    return _answers(lambda: answer(seconds=seconds))


def _refused_but_says_yes(status: str) -> Mood:
    return _answers(answer, status=status)


HONEST = "honest"
REFUSES = "refuses"
OFF = "is off"
"""Nobody listens there: what every case system meets one day, and so the first to be tried."""

ENDS = "ends while it is open"
"""Permits for a second, and is off from then on."""

MOODS: dict[str, Mood] = {
    HONEST: _answers(answer),
    REFUSES: _answers(lambda: answer(False)),
    ENDS: _ended(1.0),
    OFF: _nothing,
    "closes without a word": _nothing,
    "says nothing": _silent,
    "says yes too late": _late,
    "says yes a byte at a time": _dribbled,
    "stops half-way": _stops_half_way,
    "says that it is shorter than it is": _says_less,
    "answers an earlier question": _again,
    "does not say which question it answers": _answers(answer, request_id=None),
    "answers somebody else's question": _answers(answer, request_id="another"),
    "ended a moment ago": _ended(-0.5),
    "ended an hour ago": _ended(-3600.0),
    "ended years ago": _ended(-10.0 * 365 * 86400),
    "does not say until when": _answers(lambda: answer(valid_until=None)),
    "says until when in rubbish": _answers(lambda: answer(valid_until="tomorrow")),
    "says until when in a number": _answers(lambda: answer(valid_until=9999999999)),
    "has no receipt": _answers(lambda: answer(receipt=None)),
    "has a receipt of another kind": _answers(lambda: answer(receipt="17")),
    "has no context": _answers(lambda: {"decision": True}),
    "decides in words": _answers(lambda: answer("true")),
    "decides by number": _answers(lambda: answer(1)),
    "decides by a list": _answers(lambda: answer([True])),
    "decides by an object": _answers(lambda: answer({"permit": True})),
    "decides nothing": _answers(lambda: answer(None)),
    "leaves the decision out": _answers(lambda: {"context": answer()["context"]}),
    "calls the decision otherwise": _answers(lambda: {"permit": True, "allowed": True, "context": answer()["context"]}),
    "says no and yes": _twice,
    "answers too few": _too_few,
    "answers too many": _too_many,
    "answers in the other form": _the_other_form,
    "answers a bare yes": _raw(b"true"),
    "answers a word": _raw(b'"permit"'),
    "answers nothing at all": _raw(b""),
    "answers rubbish": _raw(b"\x00\xff\xfe\x80yes" * 40),
    "answers half of a JSON": _raw(b'{"decision": true, "context": {"valid_until": "2099-01-01T00:00:00Z"'),
    "answers what nests a hundred thousand deep": _raw(b"[" * 100_000),
    "answers a page that says yes": _answers(answer, media_type="text/html"),
    "answers without a type": _answers(answer, media_type=""),
    "answers no content": _raw(b"", status="204 No Content"),
    "sends one elsewhere": _answers(answer, status="302 Found", more="Location: /elsewhere\r\n"),
    "sends one elsewhere for good": _answers(answer, status="308 Permanent Redirect", more="Location: /elsewhere\r\n"),
    "asks for a token and says yes": _refused_but_says_yes("401 Unauthorized"),
    "forbids and says yes": _refused_but_says_yes("403 Forbidden"),
    "knows no such path and says yes": _refused_but_says_yes("404 Not Found"),
    "is asked too often and says yes": _refused_but_says_yes("429 Too Many Requests"),
    "fails and says yes": _refused_but_says_yes("500 Internal Server Error"),
    "is not there just now and says yes": _refused_but_says_yes("503 Service Unavailable"),
    "is made anew and says yes": _refused_but_says_yes("201 Created"),
}
"""Each by what it does."""
