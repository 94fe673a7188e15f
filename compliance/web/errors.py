"""The five ways this service says no, as pages; the only place on this side that knows status codes.

A page of refusal says what happened, under which rule, and what to do next. A form that is refused is shown
again by its own view with what was typed (`forms.plain`); what comes here is all that no form could say.
"""

from __future__ import annotations

import traceback

import structlog
from flask import Blueprint, Response, g, make_response, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from compliance.decisions.errors import NoAnswer
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Throttled
from compliance.witnesses.errors import LogContradicted
from policies.refusals import remember
from policies.values import BrokenPolicy

from . import headers, step_up
from .replies import Reply

log = structlog.get_logger("compliance.web")

STATUS: dict[type[Refusal], int] = {NotFound: 404, Forbidden: 403, Invalid: 422, Conflict: 409, Throttled: 429}

TITLES = {
    400: "The service could not read that",
    403: "You cannot do this",
    404: "Page not found",
    405: "That cannot be done here",
    409: "Something else changed first",
    413: "The file is too large",
    422: "There is a problem with what was sent",
    429: "Wait a while, then try again",
    500: "Sorry, something went wrong",
    503: "The service cannot answer just now",
}

WORDS = {
    400: "What your browser sent could not be read. Go back, and send the form again.",
    404: NotFound.detail,
    405: "This address takes no such request. Go back, and use the buttons of the page.",
    413: "Files can be at most 10 MB. Make it smaller, or send it as a PDF, then try again. Nothing was changed.",
    500: "Nothing was changed. Try again in a few minutes. If it happens again, tell the MARAC Hub Team the number below.",
    503: "Nothing was changed. Try again in a minute. If the case is urgent, ring the MARAC Hub Team.",
}


def teach(pages: Blueprint) -> None:
    """Have every page's refusal end here."""
    pages.register_error_handler(FreshCodeNeeded, step_up.ask)
    pages.register_error_handler(Refusal, refused)
    pages.register_error_handler(HTTPException, turned_away)
    pages.register_error_handler(DBAPIError, out_of_reach)
    pages.register_error_handler(PoolTimeout, out_of_reach)
    pages.register_error_handler(NoAnswer, out_of_reach)
    pages.register_error_handler(BrokenPolicy, nothing_to_go_by)
    pages.register_error_handler(Exception, broken)


def status_of(refusal: Refusal) -> int:
    """The status code of this kind of refusal."""
    return next(status for kind, status in STATUS.items() if isinstance(refusal, kind))


def refused(refusal: Refusal) -> Reply:
    """A refusal that no form could show; one for want of a role is remembered (AUD-1)."""
    if isinstance(refusal, Forbidden):
        try:
            remember(refusal, request.endpoint)
        except (DBAPIError, PoolTimeout) as problem:
            return out_of_reach(problem)
    return page(
        status_of(refusal),
        words=refusal.words,
        rule=refusal.rule,
        points=[error.detail for error in refusal.fields if error.detail != refusal.words],
        retry_after=refusal.retry_after if isinstance(refusal, Throttled) else None,
    )


def turned_away(problem: HTTPException) -> Reply:
    """What Flask itself refuses: no such page, wrong method, too large."""
    code = problem.code or 500
    if 300 <= code < 400:
        return make_response(problem.get_response())
    reply = page(code)
    for name, value in problem.get_headers(request.environ):
        if name in {"Allow", "Retry-After"}:
            reply.headers[name] = value
    return reply


def out_of_reach(problem: Exception) -> Reply:
    """The store does not answer: nothing is shown and nothing is changed (DEC-3, AUD-2)."""
    log.error("the store does not answer", problem=type(problem).__name__, page=request.endpoint)
    return page(503, retry_after=30)


def nothing_to_go_by(problem: Exception) -> Reply:
    """The policy in force cannot be trusted: nothing is decided by it, and nothing is shown (DEC-3)."""
    log.error("the policy is broken", problem=str(problem), page=request.endpoint)
    return page(503, retry_after=30)


def closed() -> Reply:
    """The log is not the one that its witnesses saw: nothing is shown and nothing is changed on it (AUD-3)."""
    return page(503, words=LogContradicted.detail, rule=LogContradicted.rule)


def broken(problem: Exception) -> Reply:
    """A fault of ours. The person is told nothing of it; our log gets where it was, and none of what was sent."""
    log.error(
        "a page broke",
        problem=type(problem).__name__,
        where=traceback.format_tb(problem.__traceback__)[-4:],
        page=request.endpoint,
        request_id=g.get("request_id"),
    )
    return page(500)


def page(
    code: int,
    *,
    words: str | None = None,
    rule: str | None = None,
    points: list[str] | None = None,
    retry_after: int | None = None,
) -> Response:
    """The page of refusal for a status code."""
    known = code if code in TITLES else 400 if code < 500 else 500
    reply = make_response(
        render_template(
            "refusal.html",
            code=known,
            title=TITLES[known],
            words=words or WORDS.get(known, WORDS[400]),
            rule=rule,
            points=points or [],
        ),
        code,
    )
    if retry_after:
        reply.headers["Retry-After"] = str(retry_after)
    return headers.add(reply)
