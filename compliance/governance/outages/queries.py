"""Reading the packs, who holds their passphrase, and declared outages with what is to be transcribed (GOV-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true

from compliance.identity import those_with
from compliance.identity.models import Person
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.errors import NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.outage_groups import OutageStep
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import rules
from .errors import NoPassphrase
from .models import Outage, OutageHolder, OutagePack, OutagePassphrase, Transcription
from .rules import Standing

MOST = 500
_PACKS_SHOWN = 14


class Which(StrEnum):
    """What the list is narrowed to."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Settled(StrEnum):
    """Which of what was taken by hand."""

    TO_DO = "to_do"
    DONE = "done"
    ALL = "all"


SORTS = Sorts(Outage.id, {"began": By(Outage.began_at, datetime)}, usual="-began")
LINES = Sorts(Transcription.id, {"taken": By(Transcription.taken_at, datetime)}, usual="taken")


@dataclass(frozen=True)
class Listed:
    """A declared outage, how it stands, and how much of its list is left."""

    outage: Outage
    standing: Standing
    taken: int
    left: int


@dataclass(frozen=True)
class Line:
    """One thing taken by hand, with its organisation's name, and why it was left out, if it was."""

    it: Transcription
    organisation: str
    reason: str | None


@dataclass(frozen=True)
class Whole:
    """A declared outage: what was said, which steps apply now, by which instant its list is due, and who acted."""

    listed: Listed
    what: str
    steps: Sequence[OutageStep]
    due: datetime | None
    overdue: bool
    names: Mapping[str, str]


@dataclass(frozen=True)
class Held:
    """Who holds the passphrase; one who is not `able` has lost the right to see it, and does not count."""

    holder: OutageHolder
    name: str
    able: bool


@dataclass(frozen=True)
class Ready:
    """How ready the hub is: packs, the newest first, whether the newest is too old, the passphrase, and its holders."""

    packs: Sequence[OutagePack]
    too_old: bool
    passphrase: OutagePassphrase | None
    holders: Sequence[Held]
    under_earlier: int
    least: int

    @property
    def enough(self) -> bool:
        return sum(each.able for each in self.holders) >= self.least


def newest_passphrase(ctx: Context) -> OutagePassphrase | None:
    """The one that seals packs now."""
    wanted = select(OutagePassphrase).order_by(OutagePassphrase.number.desc()).limit(1)
    return ctx.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def words_of(ctx: Context, passphrase: OutagePassphrase) -> str:
    """The words themselves: for sealing a pack, or for a holder who was asked for a fresh code."""
    place = f"outage_passphrases.words:{passphrase.id}"
    return ctx.the(KeyRing).open(passphrase.words, place=place).decode()


def to_seal_with(ctx: Context) -> tuple[int, str]:
    """The number and the words of the passphrase that seals now; raises Forbidden, NoPassphrase."""
    require(ctx, Permission.OUTAGE_MAKE)
    found = newest_passphrase(ctx)
    if found is None:
        raise NoPassphrase()
    return found.number, words_of(ctx, found)


def passphrase(ctx: Context, number: int) -> OutagePassphrase:
    """One passphrase by its number; raises NotFound."""
    found = ctx.session.scalars(select(OutagePassphrase).where(OutagePassphrase.number == number)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def able(ctx: Context) -> dict[UUID, str]:
    """Who may be named to hold the passphrase: whoever works with outages for the whole hub, by id, with their name."""
    return {each.id: each.full_name for each in those_with.hub_wide(ctx, Permission.OUTAGE_RUN)}


def holders(ctx: Context) -> list[OutageHolder]:
    """Who is named now."""
    wanted = (
        select(OutageHolder).where(OutageHolder.ended_at.is_(None)).order_by(OutageHolder.named_at, OutageHolder.id)
    )
    return list(ctx.session.scalars(wanted.execution_options(populate_existing=True)))


def ready(ctx: Context) -> Ready:
    """How ready the hub is; raises Forbidden."""
    require(ctx, Permission.OUTAGE_READ)
    policy = ctx.the(Policy)
    packs = list(ctx.session.scalars(select(OutagePack).order_by(OutagePack.made_at.desc()).limit(_PACKS_SHOWN)))
    may_hold = able(ctx)
    named = select(OutageHolder, Person.full_name).join(Person).where(OutageHolder.ended_at.is_(None))
    rows = ctx.session.execute(named.order_by(Person.full_name, Person.id)).all()
    now = newest_passphrase(ctx)
    oldest = ctx.now() - timedelta(hours=policy.outage_packs.pack_oldest_hours)
    return Ready(
        packs,
        not packs or packs[0].made_at < oldest,
        now,
        [Held(row[0], row[1], row[0].person_id in may_hold) for row in rows],
        sum(each.passphrase != now.number for each in packs) if now else 0,
        policy.outages.holders_least,
    )


def packs_due(ctx: Context) -> bool:
    """Whether a pack is to be made: none of this London day, or none under the passphrase that stands."""
    now = newest_passphrase(ctx)
    if now is None:
        return False
    newest = ctx.session.scalars(select(OutagePack).order_by(OutagePack.made_at.desc()).limit(1)).one_or_none()
    return newest is None or newest.passphrase != now.number or london_date(newest.made_at) < london_date(ctx.now())


def pack(ctx: Context, pack_id: UUID) -> OutagePack:
    """One pack that was made; raises Forbidden, NotFound."""
    require(ctx, Permission.OUTAGE_RUN)
    found = ctx.session.get(OutagePack, pack_id)
    if found is None:
        raise NotFound()
    return found


def outage(ctx: Context, outage_id: UUID, *, lock: bool = False) -> Outage:
    """A declared outage; raises Forbidden, NotFound."""
    require(ctx, Permission.OUTAGE_READ)
    wanted = select(Outage).where(Outage.id == outage_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def outages(
    ctx: Context, *, which: Which = Which.ALL, sort: str | None = None, after: str | None = None, limit: int = 50
) -> Page[Listed]:
    """Declared outages, the newest first; raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`."""
    require(ctx, Permission.OUTAGE_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(Outage, *_tallies()).where(_which(which))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(_listed)


def whole(ctx: Context, outage_id: UUID) -> Whole:
    """A declared outage with the steps that apply now; raises Forbidden, NotFound."""
    it = outage(ctx, outage_id)
    row = ctx.session.execute(select(Outage, *_tallies()).where(Outage.id == it.id)).one()
    listed, policy = _listed(row), ctx.the(Policy)
    until = max(ctx.now(), it.expected_until or ctx.now())
    due = None
    if it.ended_at is not None:
        due = rules.transcribe_by(it.ended_at, policy.outages.transcribe_working_days, policy.calendar)
    return Whole(
        listed,
        ctx.the(KeyRing).open(it.what, place=f"outages.what:{it.id}").decode(),
        []
        if listed.standing is Standing.CLOSED
        else rules.steps_now(
            policy.outage_steps.values(), it.began_at, until, policy.calendar, over=it.ended_at is not None
        ),
        due,
        bool(due and listed.left and london_date(ctx.now()) > london_date(due)),
        names_of(ctx, {it.declared_by, it.ended_by or "", it.closed_by or ""}),
    )


def lines(
    ctx: Context, outage_id: UUID, *, which: Settled = Settled.ALL, after: str | None = None, limit: int = 50
) -> Page[Line]:
    """What was taken by hand during an outage, the oldest first; raises Forbidden, NotFound."""
    it = outage(ctx, outage_id)
    check_limit(limit, MOST)
    place = LINES.read(after, "taken")
    wanted = (
        select(Transcription, Organisation.name)
        .join(Organisation, Organisation.id == Transcription.organisation_id)
        .where(Transcription.outage_id == it.id)
    )
    if which is not Settled.ALL:
        open_ = Transcription.settled_at.is_(None)
        wanted = wanted.where(open_ if which is Settled.TO_DO else ~open_)
    ring = ctx.the(KeyRing)

    def read(row: Any) -> Line:
        line: Transcription = row[0]
        place = f"outage_transcriptions.reason:{line.id}"
        return Line(line, row[1], ring.open(line.reason, place=place).decode() if line.reason else None)

    return LINES.page(ctx.session, wanted, sort="taken", after=place, limit=limit).each(read)


def line(ctx: Context, outage_id: UUID, line_id: UUID, *, lock: bool = False) -> Transcription:
    """One thing taken by hand during this outage; raises NotFound."""
    wanted = select(Transcription).where(Transcription.id == line_id, Transcription.outage_id == outage_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def left(ctx: Context, outage_id: UUID) -> int:
    """How much of an outage's list is not settled."""
    wanted = select(func.count()).where(Transcription.outage_id == outage_id, Transcription.settled_at.is_(None))
    return ctx.session.scalar(wanted) or 0


@dataclass(frozen=True)
class Counted:
    """For the first page: outages that last, those with a list to finish, what is left on lists, and packs of late."""

    down: int
    to_write_up: int
    left: int
    packs: int


def counted(ctx: Context) -> Counted:
    """What the first page says of outages: one statement; raises Forbidden."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    require(ctx, Permission.OUTAGE_READ)
    oldest = ctx.now() - timedelta(hours=ctx.the(Policy).outage_packs.pack_oldest_hours)
    down = select(func.count()).select_from(Outage).where(Outage.ended_at.is_(None))
    back = select(func.count()).select_from(Outage).where(Outage.ended_at.is_not(None), Outage.closed_at.is_(None))
    undone = select(func.count()).select_from(Transcription).where(Transcription.settled_at.is_(None))
    packs = select(func.count()).select_from(OutagePack).where(OutagePack.made_at >= oldest)
    each = {"down": down, "back": back, "undone": undone, "packs": packs}
    return select(*(what.scalar_subquery().label(name) for name, what in each.items()))


def _tallies() -> tuple[Any, Any]:
    taken = select(func.count()).where(Transcription.outage_id == Outage.id).correlate(Outage)
    return taken.scalar_subquery(), taken.where(Transcription.settled_at.is_(None)).scalar_subquery()


def _listed(row: Any) -> Listed:
    it: Outage = row[0]
    stands = rules.standing(ended=it.ended_at is not None, closed=it.closed_at is not None)
    return Listed(it, stands, row[1], row[2])


def _which(which: Which) -> ColumnElement[bool]:
    return {Which.OPEN: Outage.closed_at.is_(None), Which.CLOSED: Outage.closed_at.is_not(None), Which.ALL: true()}[
        which
    ]
