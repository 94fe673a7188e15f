"""Signing in to the case system through us, and out again: the pages that programs send people to (OpenID Connect)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, g, redirect, request, url_for

from compliance.decisions.case_system import may_use
from compliance.decisions.errors import CallerEnded
from compliance.identity import use_cases as identity
from compliance.identity.clients import asking, queries, sign_ons, statements
from compliance.identity.clients.asking import NotSentBack, SentBack, Wanted
from compliance.identity.errors import FreshCodeNeeded
from compliance.identity.models import ServiceClient
from compliance.identity.rules import Stage
from compliance.kernel.context import NOBODY, house, origin, reading, work
from compliance.kernel.errors import Invalid
from compliance.kernel.ids import parse_id
from compliance.web import going_back, going_on, session_cookie
from compliance.web.access import NEXT_PAGE, foreign_forms, open_door
from compliance.web.forms.plain import PlainForm
from compliance.web.replies import Reply, show

pages = Blueprint("signing_on", __name__)

AGAIN_SECONDS = 60
"""How old a sign-in may be that was asked for anew (`prompt=login`)."""

OF_LOGOUT = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


class UnknownProgram(Invalid):
    code = "unknown-program"
    detail = (
        "The page you came from is not one that this service signs people in to, or it asked in a way that is not known here. "
        "You were not sent back to it. Go to the case system by its usual address. If it happens again, tell the MARAC Hub Team."
    )


@pages.get("/oauth2/authorize")
@open_door
def authorize() -> Reply:
    """A code for a program, in the hands of whoever is signed in here to the end and may use the case system (DEC-1)."""
    try:
        client, wanted = _wanted()
    except NotSentBack:
        raise UnknownProgram() from None
    except SentBack as answer:
        return redirect(answer.address, 303)
    issuer = house().settings.base_url
    not_signed_in = g.sign_in is None or g.sign_in.stage is not Stage.WHOLE
    if wanted.silent and (not_signed_in or _too_old(wanted)):
        return redirect(wanted.answer(issuer, error="login_required"), 303)
    if not_signed_in:
        where = "sign_in.sign_in" if g.sign_in is None else NEXT_PAGE[g.sign_in.stage]
        return redirect(url_for(where, next=going_back.this_page()), 303)
    if _too_old(wanted):
        raise FreshCodeNeeded()
    try:
        verdict = may_use(house(), client.client_id, g.sign_in.person.id, origin())
    except CallerEnded:
        raise UnknownProgram() from None
    if not verdict.permit:
        refused = wanted.answer(issuer, error="access_denied")
        if wanted.silent:
            return redirect(refused, 303)
        form = PlainForm()
        form.status = 403
        mends = list(dict.fromkeys((reason.rule, reason.user) for reason in verdict.failing))
        return show("sign_on_refused.html", form, client=client, mends=mends, back=refused)
    with work() as ctx:
        code = sign_ons.give_code(ctx, client, g.sign_in.current, wanted)
    return redirect(wanted.answer(issuer, code=code), 303)


@pages.post("/oauth2/authorize")
@foreign_forms
def authorize_by_form() -> Reply:
    """The same, asked by a form of the program's (OpenID Connect Core 3.1.2.1): nothing is done before it is asked as above."""
    return _asked_again("signing_on.authorize")


@pages.get("/oauth2/logout")
@open_door
def logout() -> Reply:
    """Out of here and of every program, by a program's wish (RP-initiated logout): asked first, unless it proves whose it is."""
    back, hinted = _back(request.args.to_dict(flat=False))
    if g.sign_in is None:
        return redirect(back or url_for("sign_in.signed_out"), 303)
    if _is_of_this_sign_in(hinted):
        _sign_out()
        return redirect(back or url_for("sign_in.signed_out"), 303)
    sent = [(name, request.args[name]) for name in OF_LOGOUT if name in request.args]
    return show("sign_on_logout.html", PlainForm(), sent=sent, host=urlsplit(back).hostname if back else None)


@pages.post("/oauth2/logout")
@foreign_forms
def logout_by_form() -> Reply:
    """The same, asked by a form of the program's: nothing is done before it is asked as above."""
    return _asked_again("signing_on.logout")


@pages.post("/oauth2/logout/confirm")
@open_door
def confirm_logout() -> Reply:
    """The person agreed."""
    back, _ = _back(request.form.to_dict(flat=False))
    if g.sign_in is not None:
        _sign_out()
    return going_on.between(back) if back else redirect(url_for("sign_in.signed_out"), 303)


def _wanted() -> tuple[ServiceClient, Wanted]:
    """Who asks, and for what; raises NotSentBack and SentBack."""
    sent = request.args.to_dict(flat=False)
    with reading(NOBODY) as ctx:
        client = queries.known(ctx, asking.whose(sent))
        ctx.session.expunge_all()
    if client is None:
        raise NotSentBack()
    issuer = house().settings.base_url
    return client, asking.understood(sent, client.redirects.split(), issuer=issuer, again_seconds=AGAIN_SECONDS)


def _too_old(wanted: Wanted) -> bool:
    if wanted.max_age is None:
        return False
    proved_at = sign_ons.how_of(g.sign_in.current.session).at
    return bool(proved_at + timedelta(seconds=max(wanted.max_age, AGAIN_SECONDS)) < house().clock.now())


def _asked_again(endpoint: str) -> Reply:
    """By its address, from where nothing but itself can be the form's doing; the other site's cookie rules end here."""
    return redirect(f"{url_for(endpoint)}?{urlencode(list(request.form.items(multi=True)))}", 303)


def _back(sent: dict[str, list[str]]) -> tuple[str | None, dict[str, object]]:
    """Where to go after signing out, if it was registered for that; and what the program shows us of the sign-in."""
    once = {name: values[0] for name, values in sent.items() if len(values) == 1}
    hinted = statements.hinted(house(), once.get("id_token_hint", "")) or {}
    named = once.get("client_id") or str(hinted.get("aud", ""))
    if hinted and hinted["aud"] != named:
        return None, {}
    with reading(NOBODY) as ctx:
        client = queries.known(ctx, named)
        known = client.logout_redirects.split() if client else []
    wanted, state = once.get("post_logout_redirect_uri", ""), once.get("state")
    if wanted not in known or (state is not None and len(state) > asking.LONGEST):
        return None, hinted
    if state is None:
        return wanted, hinted
    return f"{wanted}{'&' if urlsplit(wanted).query else '?'}{urlencode({'state': state})}", hinted


def _is_of_this_sign_in(hinted: dict[str, object]) -> bool:
    """Whether the program shows a statement about the very sign-in that this browser has."""
    with reading(NOBODY) as ctx:
        session_id = sign_ons.session_of(ctx, parse_id(str(hinted.get("sid", ""))))
    return session_id is not None and session_id == g.sign_in.current.session.id


def _sign_out() -> None:
    with work() as ctx:
        identity.sign_out(ctx, g.sign_in.current.session.id)
    session_cookie.take_back()
