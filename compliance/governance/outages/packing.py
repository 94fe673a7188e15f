"""Making a pack, opening it as a test, and handing it out (GOV-3).

Three parts, so that nothing is locked while a pack is sealed, which takes seconds: reading (`prepare`), sealing and keeping
(`seal`), and the register (`register`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel.context import Context, House
from policies.access import require
from policies.permissions import Permission

from . import archive, keeping, queries, sealing
from .errors import PackGone, PackRefused
from .events import OutagePackFetched, OutagePackMade
from .models import OutagePack


@dataclass(frozen=True)
class Prepared:
    """A pack that is not sealed yet, as at `at`, with the passphrase that is to seal it."""

    at: datetime
    data: bytes
    number: int
    words: str


@dataclass(frozen=True)
class Packed:
    """A sealed pack that opened; `problems` say in words which folders did not take it."""

    at: datetime
    sealed: bytes
    number: int
    people: int
    folders: int
    problems: tuple[str, ...]


class NotKept(PackRefused):
    """No folder took the pack."""

    code = "outage-pack-not-kept"
    detail = "No folder took the pack, so none was made. Ask whoever runs this service to look at the folders of outage packs."


def prepare(ctx: Context, progress: archive.Progress | None = None) -> Prepared:
    """Read what a pack tells; raises Forbidden, NoPassphrase."""
    number, words = queries.to_seal_with(ctx)
    return Prepared(ctx.now(), archive.build(ctx, progress), number, words)


def seal(house: House, prepared: Prepared) -> Packed:
    """Seal it, keep it in each folder, and open what lies there; raises NotKept, DoesNotOpen, BrokenPack."""
    sealed = sealing.seal(prepared.data, prepared.words)
    written = keeping.keep(house, sealed, prepared.at)
    if not written.files:
        raise NotKept("; ".join(written.problems))
    manifest = archive.opened(written.files[0].read_bytes(), prepared.words)
    return Packed(prepared.at, sealed, prepared.number, manifest.people, len(written.files), written.problems)


def register(ctx: Context, packed: Packed) -> OutagePack:
    """Keep that a pack was made, and opened."""
    require(ctx, Permission.OUTAGE_MAKE)
    it = OutagePack(
        id=ctx.new_id(),
        made_at=packed.at,
        made_by=ctx.actor.id,
        passphrase=packed.number,
        sha256=sha256(packed.sealed).hexdigest(),
        size=len(packed.sealed),
        people=packed.people,
        folders=packed.folders,
        opened_at=ctx.now(),
    )
    ctx.session.add(it)
    record(
        ctx,
        OutagePackMade(subject=it.id, sha256=it.sha256, size=it.size, passphrase=it.passphrase, folders=it.folders),
    )
    return it


def hand_out(ctx: Context, packed: Packed) -> OutagePack:
    """Register a pack that was made for whoever acts, and keep that it is handed to them, sealed."""
    it = register(ctx, packed)
    record(ctx, OutagePackFetched(subject=it.id, sha256=it.sha256))
    return it


def fetch(ctx: Context, pack_id: UUID) -> tuple[OutagePack, bytes]:
    """Hand out a pack as it lies, sealed, after a fresh code; raises FreshCodeNeeded, NotFound, PackGone."""
    it = queries.pack(ctx, pack_id)
    require_fresh(ctx)
    sealed = _lies(ctx, it)
    record(ctx, OutagePackFetched(subject=it.id, sha256=it.sha256))
    return it, sealed


def _lies(ctx: Context, it: OutagePack) -> bytes:
    """The pack from the first folder that has it as it was made."""
    for folder in keeping.folders(ctx.house.settings):
        try:
            sealed = (folder / keeping.name_of(it.made_at)).read_bytes()
        except OSError:
            continue
        if sha256(sealed).hexdigest() == it.sha256:
            return sealed
    raise PackGone()
