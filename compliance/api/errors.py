"""The five ways this service says no, as problem documents; the only place on this side that knows status codes.

What goes wrong on the way to a use case (no such path, a body too large, no token) and what goes wrong below it
(the store does not answer) look the same to a program: `application/problem+json` with a stable `code`.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import structlog
from flask import Blueprint, Response, g, request
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from compliance.decisions.errors import NoAnswer
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.context import house
from compliance.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Refusal, Throttled
from compliance.witnesses.errors import LogContradicted
from policies.refusals import remember
from policies.values import BrokenPolicy

from .problems import problem

log = structlog.get_logger("compliance.api")

RETRY_SECONDS = 5
"""When to come again after the store did not answer."""

STATUS: dict[type[Refusal], int] = {NotFound: 404, Forbidden: 403, Invalid: 422, Conflict: 409, Throttled: 429}

OF_HTTP: dict[int, tuple[str, str]] = {
    400: ("malformed", "This request cannot be read."),
    404: (NotFound.code, NotFound.detail),
    405: ("method-not-allowed", "This address does not take this method. `Allow` says which it takes."),
    412: ("precondition-failed", "The thing has changed since you read it. Read it again, then decide."),
    413: ("too-large", "The body is larger than this address takes. Nothing was changed."),
    415: ("unsupported-media-type", "Send `Content-Type: application/json`, in UTF-8."),
    429: (Throttled.code, Throttled.detail),
}

BESIDES: dict[str, tuple[int, str | None, str]] = {
    "not-authenticated": (401, None, "Show who you are: `Authorization: Bearer` and a token in force."),
    "insufficient-scope": (403, None, "The token is for something else. `WWW-Authenticate` names the scope it needs."),
    "unavailable": (503, "AUD-2", "The service cannot reach its store just now. Nothing was changed. Try again."),
    "fault": (500, None, "Something went wrong here. Nothing was changed. The request id finds it in our log."),
    "refused": (400, None, "This request cannot be answered."),
    "request-id": (400, None, "X-Request-ID may hold up to 128 plain characters."),
    "content-type": (400, None, "Send application/json."),
    "content-length": (400, None, "Content-Length is not a number."),
}
"""What no rule refuses and HTTP has no one code for: the status, the rule where one asks for it, and the usual words."""

KEPT_HEADERS = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})


class Challenge(Exception):
    """The caller has not said who they are, or what they showed does not reach this far (RFC 6750).

    `error` is empty when nothing was shown: then the answer says nothing but which scheme to use.
    """

    def __init__(self, *, error: str | None = None, scope: str | None = None, detail: str | None = None) -> None:
        self.error = error
        self.scope = scope
        self.status = 403 if error == "insufficient_scope" else 401
        self.words = detail or BESIDES["not-authenticated"][2]
        super().__init__(self.words)

    @property
    def header(self) -> str:
        """The value of `WWW-Authenticate`."""
        parts = ['Bearer realm="marac"']
        if self.error:
            parts.append(f'error="{self.error}"')
        if self.scope:
            parts.append(f'scope="{self.scope}"')
        return ", ".join(parts)


class Malformed(Invalid):
    """The body is not JSON that can be read one way only; what it was meant to say is not guessed at."""

    code = "malformed"
    detail = "The body is not a JSON object that can be read one way only."


class Stale(Conflict):
    """`If-Match` named another revision than the one there is."""

    code = "precondition-failed"
    detail = OF_HTTP[412][1]


class NotSealedYet(Conflict):
    """The entry is durable, and the next checkpoint, which its proof leads to, is still to come."""

    code = "not-sealed-yet"
    rule = "AUD-3"
    detail = "It is not sealed yet: that takes about a second. Ask again then."


class NotSignedIn(Refusal):
    """A sign-in or a code that was not right; never says which part (IDN-4)."""

    code = "not-signed-in"
    rule = "IDN-4"
    detail = "That did not sign you in. Check what you sent and try again; the MARAC Hub Team can reset an account."


def teach(programs: Blueprint) -> None:
    """Have every refusal under these routes end here, and those of paths that only look like one of them."""
    for kind, handler in (
        (Refusal, refused),
        (Challenge, challenged),
        (HTTPException, turned_away),
        (DBAPIError, store_said_no),
        (NoConnectionFree, out_of_reach),
        (NoAnswer, out_of_reach),
        (BrokenPolicy, nothing_to_go_by),
        (Exception, broken),
    ):
        programs.register_error_handler(kind, handler)
    for status in (400, 404, 405, 408, 411, 412, 413, 414, 415, 428, 429):
        programs.register_error_handler(status, turned_away)


def reply(
    status: int,
    code: str,
    detail: str,
    *,
    rule: str | None = None,
    errors: Sequence[FieldError] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> Response:
    """A problem document about the request at hand."""
    body, lines = problem(
        house().settings.base_url, status, code, detail,
        rule=rule, errors=errors, instance=request.path, headers=headers,
    )  # fmt: skip
    return Response(body, status, headers=lines)


def status_of(refusal: Refusal) -> int:
    """The status code of this kind of refusal; three of our own are told apart from their kind."""
    own = {Malformed: 400, Stale: 412, NotSignedIn: 401}
    return own.get(type(refusal)) or next(status for kind, status in STATUS.items() if isinstance(refusal, kind))


def refused(refusal: Refusal) -> Response:
    """A refusal of ours; one for want of a role is remembered (AUD-1)."""
    if isinstance(refusal, Forbidden) and not isinstance(refusal, FreshCodeNeeded):
        try:
            remember(refusal, request.endpoint)
        except (DBAPIError, NoConnectionFree) as problem_:
            return out_of_reach(problem_)
    headers = [("Retry-After", str(refusal.retry_after))] if isinstance(refusal, Throttled) else []
    if isinstance(refusal, NotSignedIn):
        headers = [("WWW-Authenticate", Challenge().header)]
    return reply(
        status_of(refusal), refusal.code, refusal.words, rule=refusal.rule, errors=refusal.fields, headers=headers
    )


def challenged(challenge: Challenge) -> Response:
    """No token, one that is over, or one of another scope."""
    code = "insufficient-scope" if challenge.status == 403 else "not-authenticated"
    return reply(challenge.status, code, challenge.words, headers=[("WWW-Authenticate", challenge.header)])


def turned_away(problem_: HTTPException) -> Response:
    """What the framework refuses: no such path or method, too large, another type of content."""
    status = problem_.code or 500
    if status < 400:
        status = 404
    if status >= 500:
        return broken(problem_)
    code, words = OF_HTTP.get(status, ("refused", BESIDES["refused"][2]))
    kept = [line for line in problem_.get_headers(request.environ) if line[0] in KEPT_HEADERS]
    return reply(status, code, words, headers=kept)


def store_said_no(problem_: DBAPIError) -> Response:
    """Locked, full, gone or not ours to write: 503. A row it would not take is a fault of ours."""
    if isinstance(problem_, (IntegrityError, DataError)) and not problem_.connection_invalidated:
        return broken(problem_)
    return out_of_reach(problem_)


def out_of_reach(problem_: Exception) -> Response:
    """The store or the log does not answer: nothing is disclosed and nothing is changed (AUD-2, DEC-3)."""
    log.error("the store does not answer", problem=type(problem_).__name__, path=request.path, request_id=_request_id())
    _, rule, words = BESIDES["unavailable"]
    return reply(503, "unavailable", words, rule=rule, headers=[("Retry-After", str(RETRY_SECONDS))])


def nothing_to_go_by(problem_: Exception) -> Response:
    """The policy in force cannot be trusted, and so nothing is decided by it (DEC-3)."""
    log.error("the policy is broken", problem=str(problem_), path=request.path, request_id=_request_id())
    words = "The policy of this service cannot be trusted just now. Nothing was changed. Tell the MARAC Hub Team."
    return reply(503, "unavailable", words, rule="DEC-3", headers=[("Retry-After", str(RETRY_SECONDS))])


def closed() -> Response:
    """The log is not the one that its witnesses saw: nothing is decided, shown or changed on it (AUD-3)."""
    return reply(503, LogContradicted.code, LogContradicted.detail, rule=LogContradicted.rule)


def broken(problem_: Exception) -> Response:
    """A fault of ours. The caller is told nothing of it; our log gets where it was, and none of what was sent."""
    log.error(
        "an answer could not be given",
        problem=type(problem_).__name__,
        where=traceback.format_tb(problem_.__traceback__)[-4:],
        path=request.path,
        request_id=_request_id(),
    )
    return reply(500, "fault", BESIDES["fault"][2])


def _request_id() -> str | None:
    return g.origin.request_id if "origin" in g else None
