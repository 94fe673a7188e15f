"""People signing in to a program through us: a code for their browser, taken up once, and who they are (IDN-6, DEC-4).

A sign-on is somebody's sign-in to one program. It stands as long as the sign-in here that it came from is not ended, and
no longer than that may last in all. That nobody touches our own pages meanwhile does not end it: people work in the
case system then, which has its own clock for that, and asks us before every screen.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from audit.record import record
from compliance.identity.models import Person, ServiceClient, SignIn
from compliance.identity.queries import CurrentSession
from compliance.identity.rules import Method
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from . import queries
from .asking import Wanted
from .events import CodeGiven, CodeRefused, SignedOn, TokenRevoked
from .models import RevokedToken, SignOn, SignOnCode

CODE_PREFIX = "msa_"
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_AMR = {Method.PASSKEY: "pwd pop mfa", Method.APP: "pwd otp mfa", Method.EMAIL: "pwd otp mfa"}
ACR = {method: f"urn:marac:mfa:{method}" for method in Method}
"""How strong a sign-in is, by its second factor: a password goes before each of them (IDN-3)."""


@dataclass(frozen=True)
class How:
    """How and when somebody proved who they are, as programs are told."""

    acr: str
    amr: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class About:
    """What a code is about: somebody's sign-on, and what they may be told of."""

    sign_on_id: UUID
    person_id: UUID
    scope: str


@dataclass(frozen=True)
class Who:
    """Somebody signed in to a program: who, by which sign-on, and how they proved it."""

    person: Person
    sign_on: SignOn
    how: How


@dataclass(frozen=True)
class Taken(Who):
    """The same, of a code that was just taken up: what it was asked for, and what binds the answer to the asking."""

    scope: str
    nonce: str | None


def give_code(ctx: Context, client: ServiceClient, current: CurrentSession, wanted: Wanted) -> str:
    """A code by which this program may ask who came; whoever calls this has asked whether they may use it (DEC-1)."""
    policy = ctx.the(Policy)
    sign_on = _sign_on(ctx, client, current, current.session.opened_at + timedelta(hours=policy.sessions.session_hours))
    code = CODE_PREFIX + secrets.token_urlsafe(32)
    how = how_of(current.session)
    ctx.session.add(
        SignOnCode(
            code=_mark(ctx, code),
            sign_on_id=sign_on.id,
            redirect=wanted.redirect,
            challenge=wanted.challenge,
            nonce=wanted.nonce,
            scope=wanted.scope,
            amr=" ".join(how.amr),
            auth_at=how.at,
            ends_at=ctx.now() + timedelta(seconds=policy.clients.code_seconds),
        )
    )

    record(
        ctx,
        CodeGiven(
            subject=current.person.id, organisation=current.person.organisation_id, client=client.client_id,
            sign_on=sign_on.id, session=current.session.id,
        ),
    )  # fmt: skip
    return code


def about(ctx: Context, code: str) -> About | None:
    """What a code is about, whoever shows it; it is not taken up by being looked at."""
    wanted = (
        select(SignOn.id, SignOn.person_id, SignOnCode.scope)
        .join(SignOnCode, SignOnCode.sign_on_id == SignOn.id)
        .where(SignOnCode.code == _mark(ctx, code))
    )
    found = ctx.session.execute(wanted).one_or_none()
    return About(*found) if found else None


def take_up(
    ctx: Context, client: ServiceClient, code: str, *, redirect: str, verifier: str, token_id: str, token_seconds: int
) -> Taken | None:
    """Take the code up, for the token of this id: once, in time, by whom it was made for, bound as it was (RFC 6749 4.1.3).

    None where it is not right, which is a result and remembered; and one that comes again takes its token back. A code
    that somebody else, or somebody without the verifier, comes with is in wrong hands, and opens nothing more.
    """
    mark = _mark(ctx, code)
    spending = (
        update(SignOnCode)
        .where(SignOnCode.code == mark, SignOnCode.spent_at.is_(None))
        .values(spent_at=ctx.now(), token_id=token_id, token_ends_at=ctx.now() + timedelta(seconds=token_seconds))
        .returning(SignOnCode.code)
        .execution_options(synchronize_session=False)
    )
    first = ctx.session.execute(spending).scalar_one_or_none() is not None
    held = ctx.session.get(SignOnCode, mark)
    taken = _fits(ctx, client, held, redirect, verifier) if held is not None and first else None
    if taken is None:
        if held is not None and not first:
            _take_back_token(ctx, held)
        record(ctx, CodeRefused(subject=client.id, client=client.client_id))
    return taken


def begun(ctx: Context, client: ServiceClient, taken: Taken, token_id: str) -> None:
    """The program is told who came: it stands in the log first (AUD-2)."""
    record(
        ctx,
        SignedOn(
            subject=taken.person.id, organisation=taken.person.organisation_id, client=client.client_id,
            sign_on=taken.sign_on.id, token=token_id,
        ),
    )  # fmt: skip


def standing(ctx: Context, sign_on_id: UUID | None, client_id: UUID) -> Who | None:
    """Whoever is signed in to this program by this sign-on, while it stands and their sign-in here is not ended."""
    sign_on = queries.standing_sign_on(ctx, sign_on_id, client_id)
    if sign_on is None:
        return None
    row = ctx.session.get(SignIn, sign_on.session_id)
    person = ctx.session.get(Person, sign_on.person_id)
    if row is None or row.ended_at or person is None or person.locked_at or person.closed_at:
        return None
    return Who(person, sign_on, how_of(row))


def session_of(ctx: Context, sign_on_id: UUID | None) -> UUID | None:
    """The sign-in here that a sign-on came from."""
    return ctx.session.scalar(select(SignOn.session_id).where(SignOn.id == sign_on_id))


def revoke(ctx: Context, client: ServiceClient, token_id: str, ends_at: datetime) -> None:
    """Take an access token back: from this commit on it opens nothing, in any process (RFC 7009, DEC-4)."""
    client = queries.client(ctx, client.id, lock=True)
    if ctx.session.scalar(select(RevokedToken.id).where(RevokedToken.token_id == token_id)) is not None:
        return

    row = RevokedToken(
        id=ctx.new_id(), client_id=client.id, token_id=token_id, revoked_at=ctx.now(), ends_at=ends_at
    )  # fmt: skip
    ctx.session.add(row)

    record(ctx, TokenRevoked(subject=client.id, client=client.client_id, revoked=row.id, token=token_id))


def how_of(row: SignIn) -> How:
    """How somebody proved who they are in this sign-in, the last time they did."""
    method = Method(row.method) if row.method else Method.EMAIL
    at = row.fresh_at or row.whole_at or row.opened_at
    return How(ACR[method], tuple(_AMR[method].split()), at)


def _fits(ctx: Context, client: ServiceClient, held: SignOnCode, redirect: str, verifier: str) -> Taken | None:
    who = standing(ctx, held.sign_on_id, client.id)
    if who is None or held.ends_at <= ctx.now() or held.redirect != redirect or not _VERIFIER.fullmatch(verifier):
        return None
    proof = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not hmac.compare_digest(proof, held.challenge):
        return None
    acr = who.how.acr
    how = How(acr, tuple(held.amr.split()), held.auth_at)
    return Taken(who.person, who.sign_on, how, held.scope, held.nonce)


def _take_back_token(ctx: Context, held: SignOnCode) -> None:
    """The code came twice, so somebody has it who should not: what it was given for opens nothing more."""
    if held.token_id is None or held.token_ends_at is None or held.token_ends_at <= ctx.now():
        return
    owner = select(ServiceClient).join(SignOn, SignOn.client_id == ServiceClient.id).where(SignOn.id == held.sign_on_id)
    revoke(ctx, ctx.session.scalars(owner).one(), held.token_id, held.token_ends_at)


def _sign_on(ctx: Context, client: ServiceClient, current: CurrentSession, ends_at: datetime) -> SignOn:
    """This sign-in's own sign-on to this program: the one that stands, or a new one."""
    ctx.session.execute(select(SignIn.id).where(SignIn.id == current.session.id).with_for_update())
    wanted = select(SignOn).where(
        SignOn.client_id == client.id, SignOn.session_id == current.session.id, SignOn.ended_at.is_(None)
    )
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        found = SignOn(
            id=ctx.new_id(), client_id=client.id, session_id=current.session.id, person_id=current.person.id,
            begun_at=ctx.now(), ends_at=ends_at,
        )  # fmt: skip
        ctx.session.add(found)
        ctx.session.flush()
    return found


def _mark(ctx: Context, code: str) -> str:
    spelt = code.encode("utf-8", "backslashreplace").decode()
    return ctx.the(KeyRing).fingerprint("sign-on-code", spelt)


def claims(who: Who, scope: str, rights: Mapping[str, Any]) -> dict[str, Any]:
    """What a program is told of somebody, by what it asked for; `rights` is what they may do, by the decision."""
    asked = scope.split()
    said: dict[str, Any] = {"sub": str(who.person.id)}
    if "profile" in asked:
        said["name"] = who.person.full_name
    if "email" in asked:
        said |= {"email": who.person.email, "email_verified": True}
    return said | {
        **rights,
        "amr": list(who.how.amr),
        "acr": who.how.acr,
        "auth_time": int(who.how.at.timestamp()),
        "sid": str(who.sign_on.id),
    }
