"""Looking programs up: who they are, what they prove themselves by, and whether a token of theirs still counts."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from compliance.identity.models import ServiceClient
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.kernel.keyset import By, Page, Sorts
from compliance.kernel.secrets import KeyRing
from policies.access import reach
from policies.permissions import Permission

from . import rules
from .models import ClientCredential, CredentialUse, Logout, RevokedToken, SignOn

MOST = 500
_NO_SECRET = "0" * 64


@dataclass(frozen=True)
class Caller:
    """A program as each of its calls is looked at: what it may ask for now, and from where it may call."""

    id: UUID
    client_id: str
    scopes: frozenset[str]
    networks: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A credential beside when it was last used."""

    credential: ClientCredential
    used_at: datetime | None


@dataclass(frozen=True)
class Listed:
    """A program in a list: with when it last proved itself, and how many notices it did not take."""

    client: ServiceClient
    used_at: datetime | None
    untold: int


@dataclass(frozen=True)
class Failing:
    """A program that does not take that somebody is signed in to it no more: how many of these, since when, and why not."""

    name: str
    number: int
    since: datetime
    problem: str | None


def opens(at: datetime) -> ColumnElement[bool]:
    """The condition that a credential still opens at this instant."""
    return and_(
        ClientCredential.ended_at.is_(None), or_(ClientCredential.ends_at.is_(None), ClientCredential.ends_at > at)
    )


def clients(ctx: Context) -> list[ServiceClient]:
    """Every service client there is or was, by name; raises Forbidden."""
    reach(ctx, Permission.CLIENT_READ)
    return list(ctx.session.execute(select(ServiceClient).order_by(ServiceClient.name, ServiceClient.id)).scalars())


_USED = (
    select(func.max(CredentialUse.used_at))
    .join(ClientCredential, ClientCredential.id == CredentialUse.credential_id)
    .where(ClientCredential.client_id == ServiceClient.id)
    .scalar_subquery()
)
_UNTOLD = (
    select(func.count())
    .where(Logout.client_id == ServiceClient.id, Logout.told_at.is_(None), Logout.problem.is_not(None))
    .scalar_subquery()
)
SORTS = Sorts(
    ServiceClient.id,
    {
        "name": By(func.lower(ServiceClient.name)),
        "made": By(ServiceClient.made_at, datetime),
        "used": By(_USED, datetime, nullable=True),
    },
    usual="name",
)


def listed(
    ctx: Context, *, search: str | None = None, live: bool | None = None, scope: str | None = None,
    sort: str | None = None, after: str | None = None, limit: int = 50,
) -> Page[Listed]:  # fmt: skip
    """Programs with when they were last used: searched by name or id, those that are let in or not, a page at a time."""
    reach(ctx, Permission.CLIENT_READ)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(ServiceClient)
    if search and search.strip():
        like = search.strip()
        wanted = wanted.where(
            or_(
                ServiceClient.name.icontains(like, autoescape=True),
                ServiceClient.client_id.icontains(like, autoescape=True),
            )
        )
    if live is not None:
        wanted = wanted.where(ServiceClient.ended_at.is_(None) if live else ServiceClient.ended_at.is_not(None))
    if scope is not None:
        spaced = " " + ServiceClient.scopes + " "
        wanted = wanted.where(spaced.contains(f" {scope} ", autoescape=True))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))
    ids = [row.id for row in page.rows]
    beside = {
        row.id: (row.used_at, row.untold)
        for row in ctx.session.execute(
            select(ServiceClient.id, _USED.label("used_at"), _UNTOLD.label("untold")).where(ServiceClient.id.in_(ids))
        )
    }
    return page.each(lambda row: Listed(row, *beside[row.id]))


def client(ctx: Context, client_id: UUID, *, lock: bool = False) -> ServiceClient:
    """One program; raises NotFound."""
    wanted = select(ServiceClient).where(ServiceClient.id == client_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


def visible(ctx: Context, client_id: UUID) -> ServiceClient:
    """One program, for those who may read of them; raises Forbidden and NotFound."""
    reach(ctx, Permission.CLIENT_READ)
    return client(ctx, client_id)


def credentials(ctx: Context, client_id: UUID) -> list[Shown]:
    """What a program proves or proved itself by, the newest first."""
    rows = ctx.session.execute(
        select(ClientCredential, CredentialUse.used_at)
        .outerjoin(CredentialUse, CredentialUse.credential_id == ClientCredential.id)
        .where(ClientCredential.client_id == client_id)
        .order_by(ClientCredential.made_at.desc(), ClientCredential.id)
        .limit(MOST)
    )
    return [Shown(credential, used_at) for credential, used_at in rows]


def credential(ctx: Context, client_id: UUID, credential_id: UUID) -> ClientCredential:
    """One secret or key of a program; raises NotFound."""
    wanted = select(ClientCredential).where(
        ClientCredential.id == credential_id, ClientCredential.client_id == client_id
    )
    found = ctx.session.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


def live_credentials(ctx: Context, client_id: UUID) -> list[ClientCredential]:
    """What a program proves itself by now."""
    wanted = select(ClientCredential).where(ClientCredential.client_id == client_id, opens(ctx.now()))
    return list(ctx.session.scalars(wanted.order_by(ClientCredential.made_at, ClientCredential.id)))


def signed_on(ctx: Context, client_id: UUID) -> int:
    """How many are signed in to a program through us now."""
    standing = select(func.count()).where(
        SignOn.client_id == client_id, SignOn.ended_at.is_(None), SignOn.ends_at > ctx.now()
    )
    return ctx.session.execute(standing).scalar_one()


def untold(ctx: Context, client_id: UUID, *, limit: int = 50) -> list[Logout]:
    """What a program could not be told so far, the newest first."""
    failing = select(Logout).where(Logout.client_id == client_id, Logout.told_at.is_(None), Logout.problem.is_not(None))
    return list(ctx.session.scalars(failing.order_by(Logout.made_at.desc(), Logout.sign_on_id).limit(limit)))


_NOT_TAKEN = and_(
    ServiceClient.ended_at.is_(None),
    Logout.told_at.is_(None),
    Logout.given_up_at.is_(None),
    Logout.problem.is_not(None),
)


def counting(_ctx: Context) -> Select[int, int, datetime | None]:
    """How many programs take none of it, how many ended sign-ins that is, and since when the first of them."""
    return (
        select(func.count(Logout.client_id.distinct()), func.count(), func.min(Logout.made_at))
        .join(ServiceClient, ServiceClient.id == Logout.client_id)
        .where(_NOT_TAKEN)
    )


def failing(ctx: Context) -> list[Failing]:
    """The programs that could not be told of an ended sign-in and are still being tried, the longest first."""
    wanted = (
        select(ServiceClient.name, func.count(), func.min(Logout.made_at), func.max(Logout.problem))
        .join(Logout, Logout.client_id == ServiceClient.id)
        .where(_NOT_TAKEN)
        .group_by(ServiceClient.id, ServiceClient.name)
        .order_by(func.min(Logout.made_at), ServiceClient.id)
        .limit(MOST)
    )
    return [Failing(*row) for row in ctx.session.execute(wanted)]


def client_stands(ctx: Context, client_id: str) -> bool:
    """Whether this client is registered and was not ended; if so, whoever would end it waits for this transaction."""
    live = select(ServiceClient.id).where(ServiceClient.client_id == client_id, ServiceClient.ended_at.is_(None))
    return ctx.session.scalar(live.with_for_update(read=True)) is not None


def known(ctx: Context, client_id: str) -> ServiceClient | None:
    """The live program that calls itself by this."""
    asked = client_id if client_id.isascii() and client_id.isprintable() else ""
    wanted = select(ServiceClient).where(ServiceClient.client_id == asked, ServiceClient.ended_at.is_(None))
    return ctx.session.execute(wanted).scalar_one_or_none()


def secret_of(ctx: Context, client_id: str, secret: str) -> tuple[ServiceClient, ClientCredential] | None:
    """The live program whose secret this is, and which, in a time that does not tell a wrong id from a wrong secret."""
    mark = ctx.the(KeyRing).fingerprint("client", secret)
    found = known(ctx, client_id)
    held = [each for each in live_credentials(ctx, found.id) if each.secret] if found else []
    right = None
    for each in held:
        if hmac.compare_digest(each.secret or _NO_SECRET, mark):
            right = each
    if not held:
        hmac.compare_digest(_NO_SECRET, mark)
    return (found, right) if found is not None and right is not None else None


def check_client(ctx: Context, client_id: str, secret: str) -> ServiceClient | None:
    """The live client whose secret this is."""
    found = secret_of(ctx, client_id, secret)
    return found[0] if found else None


def caller(ctx: Context, client_id: str, token_id: str) -> Caller | None:
    """The program a token was given to, as it is now; None where it was ended, or the token taken back (DEC-4)."""
    taken_back = select(RevokedToken.id).where(RevokedToken.token_id == token_id).exists()
    wanted = select(ServiceClient).where(
        ServiceClient.client_id == client_id, ServiceClient.ended_at.is_(None), ~taken_back
    )
    row = ctx.session.execute(wanted).scalar_one_or_none()
    return Caller(row.id, row.client_id, frozenset(row.scopes.split()), tuple(row.networks.split())) if row else None


def registration(row: ServiceClient) -> rules.Registration:
    """What a program is registered with, as it is proposed and compared."""
    return rules.Registration(
        row.name, tuple(row.scopes.split()), tuple(row.networks.split()), tuple(row.redirects.split()),
        tuple(row.logout_redirects.split()), row.back_channel,
    )  # fmt: skip


def standing_sign_on(ctx: Context, sign_on_id: UUID | None, client_id: Any) -> SignOn | None:
    """Somebody's sign-in to this program that stands."""
    wanted = select(SignOn).where(
        SignOn.id == sign_on_id, SignOn.client_id == client_id, SignOn.ended_at.is_(None), SignOn.ends_at > ctx.now()
    )
    return ctx.session.execute(wanted).scalar_one_or_none()
