"""What programs may do no more, ended again; where the very ending is not known any more, more is refused (RET-12, DEC-4).

Secrets and keys that a program was given since are gone with the store: the earlier ones end when they were to, and the
hub gives it others.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from compliance.identity.clients import ending
from compliance.identity.clients.models import ClientCredential, RevokedToken, SignOn
from compliance.identity.clients.rules import End
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Context
from policies.values import Policy

from . import kept
from .doing import Again, Done, Forgotten, Way, held
from .lines import Line


def altered(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """It keeps what it was registered with both before and after: nothing is given, and what was taken stays taken."""
    found = _standing(ctx, line)
    if found is None:
        return None
    agreed = kept.opened(ctx, line)
    before = _registered(found)
    found.scopes = " ".join(_both(found.scopes, " ".join(line.said["scopes"])))
    if agreed is not None:
        found.redirects = "\n".join(_both(found.redirects, agreed["redirects"]))
        found.logout_redirects = "\n".join(_both(found.logout_redirects, agreed["logout_redirects"]))
        found.networks = _narrower(found.networks, agreed["networks"])
    after = _registered(found)
    if agreed is not None and after == {name: agreed[name] for name in after}:
        return Done(Way.EXACTLY, (found.id,)) if after != before else None
    return Done(Way.DENIED if after != before else Way.TO_LOOK, (found.id,))


def rotated(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """What it proved itself by before opens no longer than it was to; what it was given then is gone with the store."""
    if _standing(ctx, line) is None:
        return None
    ends_at = _instant(line) + timedelta(days=ctx.the(Policy).clients.overlap_days)
    things = []
    for credential_id in line.ids("earlier"):
        found = held(ctx, ClientCredential, credential_id)
        if found is not None and found.ended_at is None and (found.ends_at is None or found.ends_at > ends_at):
            found.ends_at = ends_at
            things.append(found.id)
    return Done(Way.TO_LOOK, tuple(things))


def credential_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """A secret or key that may have leaked."""
    found = held(ctx, ClientCredential, line.id("credential"))
    if found is None or found.ended_at is not None:
        return None
    found.ended_at = ctx.now()
    return Done(Way.EXACTLY, (found.id,))


def token_revoked(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """A token that was taken back; how long it had still to go is not known any more, so it is the longest it could."""
    if _standing(ctx, line) is None:
        return None
    token, ends_at = line.said["token"], _instant(line) + timedelta(minutes=ctx.the(Policy).decisions.token_minutes)
    known = ctx.session.scalar(select(RevokedToken.id).where(RevokedToken.token_id == token))
    if known is not None or ends_at <= ctx.now():
        return None
    row = RevokedToken(
        id=line.id("revoked") or ctx.new_id(), client_id=line.thing, token_id=token, revoked_at=_instant(line),
        ends_at=ends_at,
    )  # fmt: skip
    ctx.session.add(row)
    return Done(Way.EXACTLY, (row.id,))


def sign_on_ended(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Somebody was signed in to a program no more: the program is told so again, in case it was not."""
    found = held(ctx, SignOn, line.id("sign_on"))
    if found is None or found.ended_at is not None:
        return None
    ending.end(ctx, found.id, End(line.said["reason"]))
    return Done(Way.EXACTLY)


def _standing(ctx: Context, line: Line) -> ServiceClient | None:
    """The program, while it is let in."""
    found = held(ctx, ServiceClient, line.thing)
    return found if found is not None and found.ended_at is None else None


def _registered(client: ServiceClient) -> dict[str, str]:
    return {name: str(getattr(client, name)) for name in kept.REGISTERED}


def _both(now: str, agreed: str) -> list[str]:
    return [each for each in now.split() if each in agreed.split()]


def _narrower(now: str, agreed: str) -> str:
    """Networks of both; none at all would mean that it may call from everywhere."""
    if not now or not agreed:
        return now or agreed
    return "\n".join(_both(now, agreed)) or agreed


def _instant(line: Line) -> datetime:
    return datetime.fromisoformat(line.at)


AGAIN: dict[str, Again] = {
    "client.altered": altered,
    "client.credential_ended": credential_ended,
    "client.rotated": rotated,
    "client.token_revoked": token_revoked,
    "sign_on.ended": sign_on_ended,
}
"""What ends something of a program, and how that is done again; that it is let in no more stands with other rights."""
