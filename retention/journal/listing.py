"""What was done again after a restore, for whoever has to look at it: read from the log, which alone knows (RET-12)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from audit.models import AuditEntry
from compliance.decisions.exceptions.queries import kept_from
from compliance.identity.queries import names_of
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table, moment
from policies.access import require
from policies.permissions import Permission

from .doing import Way
from .events import DoneAgain

MOST = 10_000
SORTS = ("-at", "at", "what", "-what", "how", "-how")

WHAT: dict[str, str] = {
    "account.closed_to_strangers": "An account was closed to strange browsers",
    "account.locked": "An account was locked",
    "account.recovered": "Second factors and a password ended",
    "account.reset": "A password ended with a reset",
    "authenticator.enrolled": "An authenticator app was replaced",
    "break_glass.ended": "Break-glass ended",
    "case.closed_marac": "A case was closed to others",
    "case_invitation.ended": "An invitation to a case ended",
    "client.altered": "What a program may ask for, or from where, was changed",
    "client.credential_ended": "A secret or key of a program ended",
    "client.ended": "A program was let in no more",
    "client.rotated": "A program was given other secrets or keys",
    "client.token_revoked": "An access token was taken back",
    "conflict.set": "Somebody was kept from a case",
    "device.forgotten": "Known browsers were forgotten",
    "disposal.called_off": "A disposal was called off",
    "disposal.confirmed": "A record was disposed of",
    "disposal.left_out": "A record was left out of a disposal",
    "disposal.record_instructed": "The case system was told to dispose of a record",
    "invitation.made": "Links to a password were withdrawn",
    "licence.deactivated": "A licence ended",
    "licence.suspended": "A licence was suspended",
    "organisation.withdrew": "An organisation withdrew",
    "passkey.ended": "A passkey ended",
    "password.compromised": "A password was known to others",
    "password.set": "A password was replaced",
    "policy.changed": "A value of the policy was changed",
    "retention_hold.placed": "A hold was placed",
    "role.ended": "A role ended",
    "session.ended": "A sign-in ended",
    "sign_on.ended": "A sign-in to a program ended",
    "webhook.ended": "Changes were sent to an address no more",
    "withdrawal.announced": "An organisation announced that it withdraws",
    "withdrawal.links_ended": "Links to a password were closed",
}

HOW = {
    Way.EXACTLY: "As it was",
    Way.DENIED: "More is refused until somebody looks",
    Way.TO_LOOK: "For somebody to see to",
}

NEXT: dict[str, str] = {
    "account.recovered": "Verify who they are, and reset the account.",
    "authenticator.enrolled": "Verify who they are, and reset the account.",
    "client.altered": "Propose again what it is to be registered with.",
    "client.rotated": "Give it other secrets or keys: those that it was given are not in the store.",
    "disposal.confirmed": "The certificate has another number now: tell whoever holds the old one.",
    "disposal.record_instructed": "Propose the disposal anew: its record or manifest is not in the store.",
    "licence.suspended": "Look at the checklist, and let the licence be used again if it holds.",
    "organisation.withdrew": "Record its withdrawal again, with its letter.",
    "passkey.ended": "Verify who they are, and reset the account.",
    "policy.changed": "Two people change it again; the entry of the log that there was says which.",
    "withdrawal.announced": "Record its withdrawal again, with its letter.",
    "password.set": "Nothing: whoever signs in sets a new password.",
}
"""What is asked of somebody where it could not be done as it was."""


class Which(StrEnum):
    """Those that somebody has to look at, or all."""

    ALL = "all"
    TO_LOOK = "to_look"


@dataclass(frozen=True)
class Row:
    """One thing: when it was done again, what had been forgotten and under which number, and what is asked of somebody."""

    at: datetime
    entry: int
    what: str
    way: Way
    forgotten: int
    thing: UUID | None
    reference: str | None
    name: str | None

    @property
    def says(self) -> str:
        return WHAT.get(self.what, self.what)

    @property
    def asks(self) -> str:
        return "" if self.way is Way.EXACTLY else NEXT.get(self.what, "See the audit log.")


def done_again(ctx: Context, *, search: str | None, which: Which, what: str | None, sort: str) -> list[Row]:
    """What was done again, the newest so many at the most, without what names a case the actor is kept from. Raises Forbidden."""
    require(ctx, Permission.RETENTION_READ)
    named = AuditEntry.__table__.c
    wanted = (
        select(named.number, named.at, named.subject_id, named.reference, named.detail)
        .where(named.event == DoneAgain.name)
        .order_by(named.number.desc())
        .limit(MOST)
    )
    hidden = kept_from(ctx)
    found = [row for row in ctx.session.execute(wanted).all() if row.reference not in hidden]
    names = names_of(ctx, {row.subject_id for row in found if row.subject_id})
    rows = [_row(each.number, each.at, each.subject_id, each.reference, each.detail, names) for each in found]
    kept = [row for row in rows if _fits(row, search, which, what)]
    return _sorted(kept, sort)


def table(ctx: Context, rows: Sequence[Row]) -> Table:
    """The list as a file."""
    heads = (
        "Done again",
        "Entry",
        "What had been forgotten",
        "Its entry",
        "How",
        "What is asked",
        "Thing",
        "Reference",
    )
    lines = [
        (
            moment(row.at), str(row.entry), row.says, str(row.forgotten), HOW[row.way], row.asks,
            row.name or (str(row.thing) if row.thing else ""), row.reference or "",
        )
        for row in rows
    ]  # fmt: skip
    address = f"{ctx.house.settings.base_url}/retention/restored"
    return Table("Done again", "done-again", ctx.now(), heads, lines, address, None, "Done again after a restore")


def _row(
    number: int, at: str, subject: str | None, reference: str | None, detail: str, names: Mapping[str, str]
) -> Row:
    said = json.loads(detail)
    return Row(
        datetime.fromisoformat(at), number, said["what"], Way(said["kind"]), said["entry"], parse_id(subject or ""),
        reference, names.get(subject or ""),
    )  # fmt: skip


def _fits(row: Row, search: str | None, which: Which, what: str | None) -> bool:
    if which is Which.TO_LOOK and row.way is Way.EXACTLY:
        return False
    if what is not None and row.what != what:
        return False
    told = " ".join(
        str(each or "") for each in (row.says, row.reference, row.name, row.thing, row.forgotten, row.entry)
    )
    return search is None or search.casefold() in told.casefold()


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name == "at":
        return sorted(rows, key=lambda row: row.entry, reverse=down)
    return sorted(rows, key=lambda row: (row.says if name == "what" else HOW[row.way], -row.entry), reverse=down)
