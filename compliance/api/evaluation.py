"""The decision endpoints, in front of Flask: the path the case system waits on (AuthZEN 1.0, DEC-1 to DEC-7).

They are plain WSGI because everything Flask would do for them is work the caller waits for. Callers are
authenticated here by the same access tokens as everywhere, and refused in the same words.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, cast

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from compliance.decisions import reasons as why
from compliance.decisions.book import Verdict
from compliance.decisions.desk import Desk
from compliance.decisions.errors import CallerEnded, NoAnswer
from compliance.decisions.questions import Answered, Asked, Question, Sought
from compliance.decisions.reasons import Reason
from compliance.identity.access_tokens import Claims, verify
from compliance.identity.whence import FORWARDED_FOR
from compliance.kernel.context import House
from compliance.kernel.errors import FieldError
from compliance.kernel.secrets import KeyRing
from compliance.witnesses.errors import LogContradicted
from compliance.witnesses.watch import Watch
from policies.in_force import PolicyInForce
from policies.values import BrokenPolicy, Policy

from . import asking, searching
from .access import TooManyCalls
from .allowances import Allowance, Left
from .problems import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger("compliance.api")

SCOPE = "decisions"
LARGEST_BODY = 1 << 20
TOKENS_KEPT = 1024
REALM = 'Bearer realm="marac"'
_STATUS = {400: "400 Bad Request", 401: "401 Unauthorized", 403: "403 Forbidden", 405: "405 Method Not Allowed",
           413: "413 Content Too Large", 429: "429 Too Many Requests", 503: "503 Service Unavailable"}  # fmt: skip
_json = msgspec.json.Encoder().encode


class _Refused(Exception):
    """What the caller is told instead of an answer."""

    def __init__(
        self, status: int, code: str, detail: str, *, errors: Iterable[FieldError] = (), rule: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        self.status, self.code, self.detail, self.rule = status, code, detail, rule
        self.errors, self.headers = list(errors), list(headers)
        super().__init__(detail)


class DecisionDoor:
    """WSGI middleware: answers the decision paths and the searches, and hands everything else on."""

    def __init__(self, house: House, onward: WSGIApplication) -> None:
        self._house = house
        # From the files alone: asked of the store, the first batch of a process would need one that answers.
        self._files = cast(PolicyInForce, house.fixtures[Policy]).files
        self._most = self._files.decisions.batch_most
        self._onward = onward
        self._desk = house.the(Desk)
        self._watch = house.the(Watch)
        self._allowance = Allowance("decisions")
        self._tokens: dict[str, Claims] = {}
        self._reasons: dict[tuple[Reason, ...], bytes] = {}
        self._paths = {"/access/v1/evaluation": self._single, "/access/v1/evaluations": self._batch}
        self._paths |= {f"/access/v1/search/{kind.value}": partial(self._search, kind) for kind in Sought}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._paths.get(environ["PATH_INFO"])
        if answer is None:
            return self._onward(environ, start_response)
        request_id = environ.get("HTTP_X_REQUEST_ID")
        echoed = [("X-Request-ID", request_id)] if request_id and _plain(request_id) else []
        try:
            if self._watch.is_closed(self._house):
                raise _Refused(503, LogContradicted.code, LogContradicted.detail, rule=LogContradicted.rule)
            if environ["REQUEST_METHOD"] != "POST":
                raise _Refused(405, "method-not-allowed", "Ask with POST.", headers=[("Allow", "POST")])
            if request_id and not echoed:
                raise _Refused(400, "request-id", "X-Request-ID may hold up to 128 plain characters.")
            claims = self._caller(environ.get("HTTP_AUTHORIZATION"))
            left = self._counted(claims)
            content = answer(_read(environ), claims, environ, request_id or secrets.token_hex(8))
        except asking.BadQuestion as bad:
            refused = _Refused(400, "invalid", "The question cannot be read.", errors=[bad.error])
        except (NoAnswer, BrokenPolicy, SQLAlchemyError):
            words = "No decision could be made, so nothing is permitted. Ask again shortly."
            refused = _Refused(503, "unavailable", words, rule="DEC-3", headers=[("Retry-After", "1")])
        except CallerEnded:
            refused = _not_authenticated("invalid_token")
        except _Refused as known:
            refused = known
        else:
            start_response(
                "200 OK",
                [("Content-Type", "application/json"), ("Content-Length", str(len(content))),
                 ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), *left.headers, *echoed],
            )  # fmt: skip
            return [content]
        content, headers = problem(
            self._house.settings.base_url, refused.status, refused.code, refused.detail, rule=refused.rule,
            errors=refused.errors, instance=environ["PATH_INFO"],
            headers=[*refused.headers, ("X-Content-Type-Options", "nosniff"), *echoed],
        )  # fmt: skip
        start_response(_STATUS[refused.status], headers)
        return [content]

    def _caller(self, authorization: str | None) -> Claims:
        if not authorization:
            raise _not_authenticated(None)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _not_authenticated(None)
        claims = self._tokens.get(token)
        if claims is None:
            claims = verify(self._house, token)
            if claims is None:
                raise _not_authenticated("invalid_token")
            if len(self._tokens) >= TOKENS_KEPT:
                self._tokens.clear()
            self._tokens[token] = claims
        if claims.expires_at <= self._house.clock.now().timestamp():
            self._tokens.pop(token, None)
            raise _not_authenticated("invalid_token")
        if SCOPE not in claims.scopes:
            challenge = f'{REALM}, error="insufficient_scope", scope="{SCOPE}"'
            detail = f"The token needs the scope {SCOPE}."
            raise _Refused(403, "insufficient-scope", detail, headers=[("WWW-Authenticate", challenge)])
        return claims

    def _counted(self, claims: Claims) -> Left:
        """One call more of this program's, by the policy that the last decision stood on; raises where it is one too many."""
        policy = self._desk.policy or self._files
        left = self._allowance.take(claims.client_id, policy.clients.decisions_a_minute)
        if left.over:
            headers = [("Retry-After", str(left.seconds)), *left.headers]
            raise _Refused(429, TooManyCalls.code, TooManyCalls.detail, rule=TooManyCalls.rule, headers=headers)
        return left

    def _single(self, raw: bytes, claims: Claims, environ: WSGIEnvironment, request_id: str) -> bytes:
        return self._answered(asking.one(raw), claims, environ, request_id)

    def _batch(self, raw: bytes, claims: Claims, environ: WSGIEnvironment, request_id: str) -> bytes:
        return self._answered(asking.many(raw, self._most), claims, environ, request_id)

    def _answered(
        self, questions: asking.Questions, claims: Claims, environ: WSGIEnvironment, request_id: str
    ) -> bytes:
        asked = Asked(
            claims.client_id, questions.asked, environ.get("REMOTE_ADDR") or None, request_id,
            questions.batch, questions.stop_on, environ.get(FORWARDED_FOR), claims.token_id, SCOPE,
        )  # fmt: skip
        answered = self._desk.ask(asked)
        tail = self._tail(answered)
        written = [
            self._written(verdict, question, tail)
            for verdict, question in zip(answered.verdicts, questions.asked, strict=False)
        ]
        return b'{"evaluations":[' + b",".join(written) + b"]}" if questions.batch else written[0]

    def _search(self, kind: Sought, raw: bytes, claims: Claims, environ: WSGIEnvironment, request_id: str) -> bytes:
        page = searching.read(raw, kind, claims.client_id, self._house.the(KeyRing))
        asked = Asked(
            claims.client_id, [], environ.get("REMOTE_ADDR") or None, request_id,
            forwarded_for=environ.get(FORWARDED_FOR), token_id=claims.token_id, scope=SCOPE, search=page.search,
        )  # fmt: skip
        answered = self._desk.ask(asked)
        return searching.written(page, answered, b'"context":{' + self._tail(answered)[:-1], self._house.the(KeyRing))

    def _tail(self, answered: Answered) -> bytes:
        """What every answer of a call ends with: its receipt, what it stood on, until when it may be relied on."""
        receipt = answered.receipt
        until = datetime.fromtimestamp(answered.relied_on_until, UTC).isoformat(timespec="milliseconds")
        return (
            f'"receipt":{{"entry":{receipt.entry},"hash":"{receipt.hash}"}},"policy_version":"{answered.policy_version}",'
            f'"state_version":{answered.state_version},"valid_until":"{until.removesuffix("+00:00")}Z"}}}}'
        ).encode()

    def _written(self, verdict: Verdict, question: Question, tail: bytes) -> bytes:
        if verdict.permit:
            return b'{"decision":true,"context":{' + (b"" if verdict.opened is None else _BY_BREAK_GLASS) + tail
        reasons = self._reasons.get(verdict.failing)
        if reasons is None:
            reasons = self._reasons[verdict.failing] = _explained(verdict.failing, question.broken)
        return b'{"decision":false,"context":{' + reasons + tail


def _explained(failing: tuple[Reason, ...], broken: bool) -> bytes:
    """The reasons of a no, first things first: for the person, for the hub, and as codes."""
    user: dict[str, str] = {}
    admin: dict[str, str] = {}
    for reason in failing:
        user.setdefault(reason.rule, reason.user)
        admin[reason.rule] = f"{admin[reason.rule]} {reason.admin}" if reason.rule in admin else reason.admin
    said: dict[str, object] = {
        "reason_user": user,
        "reason_admin": admin,
        "first_failing": failing[0].rule,
        "failing": [{"rule": reason.rule, "code": reason.code} for reason in failing],
    }
    if broken:
        said["error"] = {"status": 400, "message": "The question lacks a member or has one of a wrong kind."}
    return _json(said)[1:-1] + b","


_BY_BREAK_GLASS = (
    _json(
        {
            "reason_user": {why.BY_BREAK_GLASS.rule: why.BY_BREAK_GLASS.user},
            "reason_admin": {why.BY_BREAK_GLASS.rule: why.BY_BREAK_GLASS.admin},
        }
    )[1:-1]
    + b","
)
"""What a permit that stands on break-glass says besides, so that the case system can show that it does (DEC-5)."""


def _not_authenticated(error: str | None) -> _Refused:
    challenge = REALM if error is None else f'{REALM}, error="{error}"'
    detail = "Send a valid access token: Authorization: Bearer."
    return _Refused(401, "not-authenticated", detail, headers=[("WWW-Authenticate", challenge)])


def _read(environ: WSGIEnvironment) -> bytes:
    media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise _Refused(400, "content-type", "Send application/json.")
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise _Refused(400, "content-length", "Content-Length is not a number.") from None
    if length > LARGEST_BODY:
        raise _Refused(413, "too-large", f"Send at most {LARGEST_BODY} bytes.")
    raw: bytes = environ["wsgi.input"].read(length) if length else b""
    return raw


def _plain(text: str) -> bool:
    return len(text) <= 128 and text.isascii() and text.isprintable() and " " not in text
