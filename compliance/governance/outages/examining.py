"""Whether the newest pack of each folder would serve today: is there, is new enough, is ours, and opens (GOV-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from compliance.kernel.clock import said_instant
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing, Unreadable
from policies.values import Policy

from . import archive, keeping
from .models import OutagePack, OutagePassphrase
from .sealing import DoesNotOpen


@dataclass(frozen=True)
class Examined:
    """What was found: nothing to say, something to know (`well`), or something that is wrong."""

    says: str
    well: bool


def examine(ctx: Context) -> list[Examined]:
    """Open the newest pack of every folder with the passphrase it was sealed with; a second or two for each that differs."""
    first = ctx.session.scalar(select(OutagePassphrase.made_at).order_by(OutagePassphrase.number).limit(1))
    if first is None:
        return [
            Examined("there is no passphrase, so no pack is made; a hub manager makes it on the page Outages", True)
        ]
    fresh = ctx.now() - first <= _longest(ctx)
    opened: dict[str, str] = {}
    return [
        Examined(f"{folder} {says}", fresh and says == _NONE)
        for folder in keeping.folders(ctx.house.settings)
        if (says := _wrong_with(ctx, folder, opened))
    ]


_NONE = "holds no pack; start `compliance scheduler`, and look at its log"


def _wrong_with(ctx: Context, folder: Path, opened: dict[str, str]) -> str:
    """What is wrong with the newest pack of a folder, in words; `opened` remembers what came of the same bytes elsewhere."""
    try:
        newest = keeping.newest(folder)
        content = newest.path.read_bytes() if newest else b""
    except FileNotFoundError:
        return _NONE if folder == keeping.folders(ctx.house.settings)[0] else "is not there; mount it"
    except OSError as problem:
        return f"cannot be read ({type(problem).__name__})"
    if newest is None:
        return _NONE
    digest = sha256(content).hexdigest()
    if digest not in opened:
        opened[digest] = _opening(ctx, content, digest)
    if opened[digest]:
        return f"holds {newest.path.name}, which {opened[digest]}; make another with `compliance export outage-pack`"
    if ctx.now() - newest.made_at > _longest(ctx):
        return f"has no newer pack than of {said_instant(newest.made_at)}; start `compliance scheduler`, and look at its log"
    return ""


def _opening(ctx: Context, content: bytes, digest: str) -> str:
    """Why these bytes would not serve, in words; nothing where they open and are whole."""
    row = ctx.session.execute(
        select(OutagePassphrase.id, OutagePassphrase.words)
        .join(OutagePack, OutagePack.passphrase == OutagePassphrase.number)
        .where(OutagePack.sha256 == digest)
        .limit(1)
    ).first()
    if row is None:
        return "is not one that was made here"
    try:
        words = ctx.the(KeyRing).open(row.words, place=f"outage_passphrases.words:{row.id}").decode()
        archive.opened(content, words)
    except (DoesNotOpen, Unreadable, archive.BrokenPack) as problem:
        return f"does not open ({problem})"
    return ""


def _longest(ctx: Context) -> timedelta:
    return timedelta(hours=ctx.the(Policy).outage_packs.pack_oldest_hours)
