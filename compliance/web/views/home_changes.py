"""What is wrong with how ends and changes of rights are told, on the first page (DEC-4)."""

from __future__ import annotations

from flask import url_for

from compliance.changes.webhooks import queries
from compliance.identity.clients import queries as clients
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.web.access import could
from compliance.web.words import moment
from policies.permissions import Permission

from .home_parts import Waiting


def waiting(ctx: Context) -> list[Waiting]:
    """Addresses that take nothing: what stands behind them may show what its people may not see any more."""
    if not could(Permission.WEBHOOK_SEND):
        return []
    number, since = counts(ctx, queries.counting)
    if not number:
        return []
    title = "webhook takes no changes" if number == 1 else "webhooks take no changes"
    says = f"Since {moment(since)}: what stands behind it may show what its people may not see any more."
    where = url_for("webhooks.webhooks", state="failing")
    return [Waiting(number, title, says, where, "See what is wrong", urgent=True)]


def untold(ctx: Context) -> list[Waiting]:
    """Programs that do not take who is signed in no more: they may still show cases to whoever has left."""
    if not could(Permission.CLIENT_END):
        return []
    number, notices, since = counts(ctx, clients.counting)
    if not number:
        return []
    title = f"{number} {'program does' if number == 1 else 'programs do'} not take who has left"
    ended = "1 ended sign-in was" if notices == 1 else f"{notices} ended sign-ins were"
    says = f"Since {moment(since)} {ended} not taken: cases may still be open to whoever was signed in."
    return [Waiting(None, title, says, url_for("clients.clients"), "See which program", urgent=True)]
