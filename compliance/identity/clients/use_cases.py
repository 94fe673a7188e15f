"""Programs: let in and changed by two people, given other secrets and keys, and turned off by one, at once (DEC-3, ROL-3)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity.errors import ClientOver
from compliance.identity.models import ServiceClient
from compliance.identity.proposals.acts import takes_two
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.use_cases import propose
from compliance.identity.queries import require_fresh
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.outward import wrong_with
from compliance.kernel.secrets import KeyRing
from compliance.kernel.text import line
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import keys, queries, rules
from .errors import ClientAlreadySo, ClientChanged, CredentialOver, NothingToProve
from .events import ClientAltered, ClientEnded, ClientRegistered, ClientRotated, CredentialEnded
from .models import ClientCredential
from .rules import Registration

ID_PREFIX = "msc_"
SECRET_PREFIX = "mcs_"  # noqa: S105 - how secrets begin, not one of them

ADD, CHANGE, ROTATE = "client.add", "client.change", "client.rotate"
"""The acts that take two people. What is asked is the whole registration, and of a secret the fingerprint alone."""


@dataclass(frozen=True)
class Proposed:
    """What was proposed, and the id and the secret that whoever proposed it is shown now, once, and nobody later.

    Neither opens anything before a second person has agreed.
    """

    proposal: Proposal
    client_id: str
    secret: str | None


def register_client(
    ctx: Context,
    *,
    name: str,
    scopes: Iterable[str],
    redirects: Iterable[str] = (),
    logout_redirects: Iterable[str] = (),
    back_channel: str | None = None,
    networks: Iterable[str] = (),
    public_keys: str = "",
) -> tuple[ServiceClient, str]:
    """Let a program in, by an operator's command; gives its secret, shown here once and kept as a fingerprint.

    Raises Forbidden, FreshCodeNeeded, and Invalid at /name, /scopes or whatever else will not do.
    """
    require(ctx, Permission.CLIENT_MANAGE)
    require_fresh(ctx)
    asked = _fits(
        ctx,
        Registration(
            name, tuple(scopes), tuple(networks), tuple(redirects), tuple(logout_redirects), back_channel or None
        ),
    )
    secret = _new_secret()

    client = _add(ctx, new_client_id(), asked, _mark(ctx, secret), keys.read(public_keys))
    return client, secret


def propose_client(ctx: Context, asked: Registration, *, public_keys: str, with_secret: bool, reason: str) -> Proposed:
    """Propose to let a program in: it is, once somebody else agrees (ROL-3).

    Raises Forbidden, FreshCodeNeeded, NothingToProve, Invalid at each field that will not do, and WaitsAlready.
    """
    require(ctx, Permission.CLIENT_PROPOSE)
    fit = _fits(ctx, asked)
    jwks = keys.read(public_keys)
    if not jwks and not with_secret:
        raise NothingToProve.at("/keys", NothingToProve.detail)
    secret = _new_secret() if with_secret else None

    client_id = new_client_id()
    whole = fit.as_asked() | {"client_id": client_id, "keys": list(jwks), "secret": _mark(ctx, secret)}
    proposal = propose(ctx, ADD, whole, thing=f"client:{fit.name.casefold()}"[:160], reason=reason)
    return Proposed(proposal, client_id, secret)


def propose_change(ctx: Context, client_id: UUID, asked: Registration, *, reason: str) -> Proposal:
    """Propose to register a program with something else; raises as `propose_client` does, ClientOver and ClientAlreadySo."""
    require(ctx, Permission.CLIENT_PROPOSE)
    client = _live(ctx, client_id)
    fit = _fits(ctx, asked)
    before = queries.registration(client)
    if fit == before:
        raise ClientAlreadySo()

    whole = {"id": str(client.id), "before": before.as_asked(), "after": fit.as_asked()}
    return propose(ctx, CHANGE, whole, thing=f"client:{client.id}", reason=reason)


def propose_rotation(ctx: Context, client_id: UUID, *, public_keys: str, with_secret: bool, reason: str) -> Proposed:
    """Propose other secrets and keys for a program: once agreed, the earlier ones open for some days more (DEC-3)."""
    require(ctx, Permission.CLIENT_PROPOSE)
    client = _live(ctx, client_id)
    jwks = keys.read(public_keys)
    if not jwks and not with_secret:
        raise NothingToProve.at("/keys", NothingToProve.detail)
    secret = _new_secret() if with_secret else None

    whole = {"id": str(client.id), "name": client.name, "keys": list(jwks), "secret": _mark(ctx, secret)}
    proposal = propose(ctx, ROTATE, whole, thing=f"client:{client.id}", reason=reason)
    return Proposed(proposal, client.client_id, secret)


@takes_two(ADD, propose=Permission.CLIENT_PROPOSE, approve=Permission.CLIENT_APPROVE)
def add_client(ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Let the program in that two people agreed on."""
    _add(ctx, str(asked["client_id"]), _fits(ctx, _read(asked)), asked["secret"], tuple(asked["keys"]))


@takes_two(CHANGE, propose=Permission.CLIENT_PROPOSE, approve=Permission.CLIENT_APPROVE)
def change_client(ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Register the program with what two people agreed on; raises ClientOver, and ClientChanged where it is another by now."""
    client = _live(ctx, UUID(asked["id"]))
    if queries.registration(client) != _read(asked["before"]):
        raise ClientChanged()

    after = _fits(ctx, _read(asked["after"]))
    _register(client, after)

    record(ctx, ClientAltered(subject=client.id, client=client.client_id, scopes=after.scopes))


@takes_two(ROTATE, propose=Permission.CLIENT_PROPOSE, approve=Permission.CLIENT_APPROVE)
def rotate_client(ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Give the program the secrets and keys that two people agreed on; the earlier ones open until the overlap is over."""
    client = _live(ctx, UUID(asked["id"]))
    ends_at = ctx.now() + timedelta(days=ctx.the(Policy).clients.overlap_days)
    earlier = queries.live_credentials(ctx, client.id)

    for each in earlier:
        each.ends_at = min(each.ends_at or ends_at, ends_at)
    made = _credentials(ctx, client, asked["secret"], tuple(asked["keys"]))

    record(
        ctx,
        ClientRotated(
            subject=client.id, client=client.client_id, credentials=tuple(each.id for each in made),
            earlier=tuple(each.id for each in earlier),
        ),
    )  # fmt: skip


def end_credential(ctx: Context, client_id: UUID, credential_id: UUID) -> None:
    """Let one secret or key of a program open nothing more, at once: it may have leaked. Raises CredentialOver."""
    require(ctx, Permission.CLIENT_END)
    require_fresh(ctx)
    client = queries.client(ctx, client_id, lock=True)
    wanted = select(ClientCredential).where(
        ClientCredential.id == credential_id, ClientCredential.client_id == client.id
    )
    credential = ctx.session.execute(wanted.with_for_update()).scalar_one_or_none()
    if credential is None:
        raise NotFound()
    if credential.ended_at or (credential.ends_at and credential.ends_at <= ctx.now()):
        raise CredentialOver()

    credential.ended_at = ctx.now()

    record(ctx, CredentialEnded(subject=client.id, client=client.client_id, credential=credential.id))


def end_client(ctx: Context, client_id: UUID) -> None:
    """Let a program in no more: at once, in every process (DEC-4). Raises ClientOver."""
    require(ctx, Permission.CLIENT_END)
    require_fresh(ctx)
    client = _live(ctx, client_id)

    client.ended_at = ctx.now()

    record(ctx, ClientEnded(subject=client.id, client=client.client_id))


def new_client_id() -> str:
    """What a program calls itself by: no secret, and nothing that says what it is."""
    return ID_PREFIX + secrets.token_hex(8)


def _add(ctx: Context, client_id: str, asked: Registration, secret: str | None, jwks: Sequence[str]) -> ServiceClient:
    client = ServiceClient(id=ctx.new_id(), client_id=client_id, made_at=ctx.now())
    _register(client, asked)
    ctx.session.add(client)
    ctx.session.flush()
    made = _credentials(ctx, client, secret, jwks)

    record(
        ctx,
        ClientRegistered(
            subject=client.id, client=client.client_id, scopes=asked.scopes,
            credentials=tuple(each.id for each in made),
        ),
    )  # fmt: skip
    return client


def _register(client: ServiceClient, asked: Registration) -> None:
    client.name = asked.name
    client.scopes = " ".join(asked.scopes)
    client.networks = "\n".join(asked.networks)
    client.redirects = "\n".join(asked.redirects)
    client.logout_redirects = "\n".join(asked.logout_redirects)
    client.back_channel = asked.back_channel


def _credentials(
    ctx: Context, client: ServiceClient, secret: str | None, jwks: Sequence[str]
) -> list[ClientCredential]:
    made = [{"secret": secret}] if secret else []
    made += [{"jwk": jwk} for jwk in jwks]
    rows = [ClientCredential(id=ctx.new_id(), client_id=client.id, made_at=ctx.now(), **each) for each in made]
    ctx.session.add_all(rows)
    return rows


def _live(ctx: Context, client_id: UUID) -> ServiceClient:
    client = queries.client(ctx, client_id, lock=True)
    if client.ended_at:
        raise ClientOver()
    return client


def _fits(ctx: Context, asked: Registration) -> Registration:
    named = Registration(
        line(asked.name, pointer="/name"), asked.scopes, asked.networks, asked.redirects, asked.logout_redirects,
        asked.back_channel,
    )  # fmt: skip
    wrong = wrong_with(asked.back_channel, ctx.house.settings.outward_networks) if asked.back_channel else None
    if wrong:
        raise Invalid.at("/back_channel", wrong)
    return rules.fits(named, plain_http=not ctx.house.settings.secure)


def _read(asked: Mapping[str, Any]) -> Registration:
    return Registration(
        str(asked["name"]), tuple(asked["scopes"]), tuple(asked["networks"]), tuple(asked["redirects"]),
        tuple(asked["logout_redirects"]), asked["back_channel"],
    )  # fmt: skip


def _new_secret() -> str:
    return SECRET_PREFIX + secrets.token_urlsafe(32)


def _mark(ctx: Context, secret: str | None) -> str | None:
    return ctx.the(KeyRing).fingerprint("client", secret) if secret else None
