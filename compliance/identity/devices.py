"""Which browser comes: one that its owner signed in with to the end before, or a stranger's (IDN-4).

A browser keeps a cookie of random tokens, one for each person who signed in there; a token counts for its own person
and for nobody else, so one that was taken from another opens nothing and excuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, and_, bindparam, exists, select

from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from .models import KnownDevice
from .rules import CLOCKS_APART

PREFIX = "msd_"
"""How a browser's token begins, so that one found lying about is known for what it is."""

AT_MOST = 4
"""How many people's tokens a browser keeps: a duty desk is shared, and whoever signs in last stands first."""

_TOKEN = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")
_NOBODYS = "-"
_LONGEST_AGENT = 200


@dataclass(frozen=True)
class Here:
    """What is known of the browser at hand, for one person: `own` is theirs, `any_own` whether they have one at all."""

    own: UUID | None = None
    any_own: bool = False


STRANGE = Here()


def tokens(cookie: str | None) -> list[str]:
    """The tokens that a browser shows, newest first; whatever does not look like one is dropped."""
    shown = (cookie or "")[: AT_MOST * 64].split(".")
    return [token for token in shown if _TOKEN.fullmatch(token)][:AT_MOST]


def cookie(token: str, before: str | None) -> str:
    """What the browser keeps from here on: the new token before those that it had."""
    return ".".join([token, *tokens(before)][:AT_MOST])


def agent(said: str | None) -> str | None:
    """What a browser or program calls itself, without what cannot be printed, and no longer than is kept."""
    printable = "".join(character for character in said or "" if character.isprintable())
    return printable[:_LONGEST_AGENT].strip() or None


def mark(ctx: Context, token: str) -> str:
    """The fingerprint under which a token is kept."""
    return ctx.the(KeyRing).fingerprint("known-device", token)


def shown(ctx: Context) -> dict[str, Any]:
    """What `own` and `any_own` ask for: as many marks whoever comes, so that the statement is the same (IDN-4)."""
    marks: Iterable[str] = [mark(ctx, token) for token in tokens(ctx.origin.device)]
    padded = [*marks, *[_NOBODYS] * AT_MOST][:AT_MOST]
    days = timedelta(days=ctx.the(Policy).sign_in.device_days)
    span = {"device_since": ctx.now() - days, "device_until": ctx.now() + CLOCKS_APART}
    return {f"device_{place}": each for place, each in enumerate(padded)} | span


def _live(person_id: Any) -> ColumnElement[bool]:
    return and_(
        KnownDevice.person_id == person_id,
        KnownDevice.ended_at.is_(None),
        KnownDevice.used_at > bindparam("device_since"),
        KnownDevice.used_at <= bindparam("device_until"),
    )


def own(person_id: Any) -> ScalarSelect[UUID]:
    """This person's device that the browser at hand is, as a column of a statement that asks for more; takes `shown`."""
    marks: list[BindParameter[str]] = [bindparam(f"device_{place}") for place in range(AT_MOST)]
    found = select(KnownDevice.id).where(_live(person_id), KnownDevice.token.in_(marks))
    return found.order_by(KnownDevice.used_at.desc(), KnownDevice.id).limit(1).scalar_subquery()


def any_own(person_id: Any) -> ColumnElement[bool]:
    """Whether this person has a known device anywhere; takes `shown`."""
    return exists().where(_live(person_id))


_PERSON: BindParameter[UUID] = bindparam("person_id")
_HERE = select(own(_PERSON), any_own(_PERSON))


def here(ctx: Context, person_id: UUID) -> Here:
    """What is known of the browser at hand, for this person."""
    found = ctx.session.execute(_HERE, {"person_id": person_id, **shown(ctx)}).one()
    return Here(found[0], bool(found[1]))
