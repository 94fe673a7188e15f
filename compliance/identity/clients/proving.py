"""A program proves who it is: by its secret, or by an assertion that it signed and that opens once (DEC-3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from compliance.identity import counters
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Context
from policies.values import Policy

from . import assertions, queries
from .models import ClientCredential, CredentialUse, SpentAssertion
from .rules import calls_from


def by_secret(ctx: Context, client_id: str, secret: str) -> ServiceClient | None:
    """The program whose secret this is, if it calls from where it may; that it was used is kept."""
    found = queries.secret_of(ctx, client_id, secret)
    return _used(ctx, *found) if found else None


def by_assertion(ctx: Context, assertion: str, client_id: str | None) -> ServiceClient | None:
    """The program that signed this for us within the minute, and never showed it before; None for any other.

    `client_id` is what the call says besides: it must be the same.
    """
    given = assertions.read(assertion)
    if given is None or given.subject is None or client_id not in (None, given.subject):
        return None
    client = queries.known(ctx, given.subject)
    if client is None:
        return None
    held = {each.jwk: each for each in queries.live_credentials(ctx, client.id) if each.jwk}
    judged = assertions.judged(
        given, held, issuer=ctx.house.settings.base_url, now=ctx.now(),
        seconds=ctx.the(Policy).clients.assertion_seconds,
    )  # fmt: skip
    if judged is None or not _spend(ctx, client, judged):
        return None
    return _used(ctx, client, held[judged.key])


def _spend(ctx: Context, client: ServiceClient, judged: assertions.Judged) -> bool:
    """Take the assertion's own id, in one statement: False for everyone who comes with it after the first."""
    # A clock of ours may run behind another's: it is kept for a while longer than it can count.
    ends_at = datetime.fromtimestamp(judged.ends_at, UTC) + timedelta(seconds=2 * assertions.SKEW_SECONDS)
    row = {"client_id": client.id, "jti": sha256(judged.jti.encode()).hexdigest(), "ends_at": ends_at}
    over = SpentAssertion.ends_at < ctx.now()
    return bool(counters.upserted(ctx, SpentAssertion, [row], {"ends_at": ends_at}, SpentAssertion.jti, where=over))


def _used(ctx: Context, client: ServiceClient, credential: ClientCredential) -> ServiceClient | None:
    if not calls_from(tuple(client.networks.split()), ctx.origin.address):
        return None
    row = {"credential_id": credential.id, "used_at": ctx.now()}
    counters.upserted(ctx, CredentialUse, [row], {"used_at": ctx.now()}, CredentialUse.credential_id)
    return client
