"""What a door answers, in the words of the matrix."""

from __future__ import annotations

from werkzeug.test import TestResponse

from compliance.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Throttled

YES = "yes"
MEANS = {
    YES: "it is shown, or done",
    "no": "their role does not let them, and they are told so",
    "not there": "it answers as something that does not exist (ROL-4)",
    "sign in": "they have to sign in first",
    "finish": "they have to finish signing in first: the code, a second step, or a new password",
    "elsewhere": "they are led to the page that says how it stands",
    "incomplete": "they are let in; what the matrix sends along is not all that is needed",
    "not now": "they are let in; it does not fit how things stand in the world of the matrix",
    "-": "they have no way to come to it",
}
"""Every answer that stands in the matrix, and what it means to a person."""

_STATUS = {
    200: YES, 201: YES, 202: YES, 400: "incomplete", 401: "sign in", 403: "no", 404: "not there", 409: "not now",
    415: "incomplete", 422: "incomplete", 429: "not now",
}  # fmt: skip

_KINDS: dict[type[Refusal], str] = {
    NotFound: "not there", Forbidden: "no", Invalid: "incomplete", Conflict: "not now", Throttled: "not now",
}  # fmt: skip

_STEPS = ("/sign-in/code", "/sign-in/authenticator", "/sign-in/new-password")


def of_api(reply: TestResponse) -> str:
    """What a door of the API says."""
    if reply.status_code == 403 and (reply.get_json(silent=True, force=True) or {}).get("code") == "sign-in-unfinished":
        return "finish"
    return _STATUS[reply.status_code]


def of_page(reply: TestResponse, method: str) -> str:
    """What a page says; whoever is led on after a change has done it."""
    if reply.status_code not in (302, 303):
        return _STATUS[reply.status_code]
    there = reply.location.partition("?")[0]
    if there in ("/sign-in", "/session-ended"):
        return "sign in"
    if there.startswith(_STEPS):
        return "finish"
    return "elsewhere" if method == "GET" else YES


def of_refusal(refusal: Refusal) -> str:
    """What a use case says that no door leads to."""
    return next(word for kind, word in _KINDS.items() if isinstance(refusal, kind))
