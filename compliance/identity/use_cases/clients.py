"""Service clients: the programs that may ask us things (DEC-3)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity import queries
from compliance.identity.access_tokens import SCOPES
from compliance.identity.errors import ClientOver
from compliance.identity.events import ClientEnded, ClientRegistered
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.secrets import KeyRing
from compliance.kernel.text import line
from policies.access import require
from policies.permissions import Permission

ID_PREFIX = "msc_"
SECRET_PREFIX = "mcs_"  # noqa: S105 - how secrets begin, not one of them


def register_client(ctx: Context, *, name: str, scopes: Iterable[str]) -> tuple[ServiceClient, str]:
    """Let a program in, for these scopes; gives its secret, shown here once and kept as a fingerprint.

    Raises FreshCodeNeeded, and Invalid at /name or /scopes.
    """
    require(ctx, Permission.CLIENT_MANAGE)
    queries.require_fresh(ctx)
    asked = tuple(sorted(set(scopes)))
    if not asked or not set(asked) <= set(SCOPES):
        raise Invalid.at("/scopes", f"Choose one or more of: {', '.join(SCOPES)}.")

    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    client = ServiceClient(
        id=ctx.new_id(),
        client_id=ID_PREFIX + secrets.token_hex(8),
        name=line(name, pointer="/name"),
        secret=ctx.the(KeyRing).fingerprint("client", secret),
        scopes=" ".join(asked),
        made_at=ctx.now(),
    )
    ctx.session.add(client)

    record(ctx, ClientRegistered(subject=client.id, client=client.client_id, scopes=asked))
    return client, secret


def end_client(ctx: Context, client_id: UUID) -> None:
    """Let a program in no more: at once, in every process (DEC-4). Raises ClientOver."""
    require(ctx, Permission.CLIENT_MANAGE)
    wanted = select(ServiceClient).where(ServiceClient.id == client_id).with_for_update()
    client = ctx.session.execute(wanted).scalar_one_or_none()
    if client is None:
        raise NotFound()
    if client.ended_at:
        raise ClientOver()

    client.ended_at = ctx.now()

    record(ctx, ClientEnded(subject=client.id, client=client.client_id))
