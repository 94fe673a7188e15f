"""The register of signatories, as it stands or as it stood (SIG-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from compliance.kernel import text
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.facts import OrganisationFacts
from signatories.rules import GRAVITY, InstrumentCell, State

from .isa import Checks, IsaCell
from .records import MOST
from .standing import facts

AsAt = datetime | date | None

_MOMENT = timedelta(microseconds=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Look:
    """A look at the register: the instant it is asked about, and the one by which it was known (SIG-1, SIG-3)."""

    at: datetime
    known: datetime
    now: bool

    @property
    def past(self) -> tuple[datetime | None, datetime | None]:
        """The two as the facts are asked for them: nothing for the present, of which everything is known."""
        return (None, None) if self.now else (self.at, self.known)

    @property
    def with_hindsight(self) -> bool:
        """Whether later knowledge counts."""
        return self.known > self.at


@dataclass(frozen=True)
class RegisterRow:
    """An organisation in the register, as at one instant."""

    organisation: OrganisationFacts
    instruments: Mapping[str, InstrumentCell]
    isa: IsaCell

    @property
    def state(self) -> State:
        """Where it stands as a whole: as its worst required instrument does."""
        return self.organisation.state

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(sorted(self.organisation.areas))

    @property
    def signed_at(self) -> datetime | None:
        """When it last signed anything."""
        return max((cell.signed_at for cell in self.instruments.values() if cell.signed_at), default=None)


SORTS: dict[str, Callable[[RegisterRow], Any]] = {
    "name": lambda row: row.organisation.name.casefold(),
    "sector": lambda row: row.organisation.sector.casefold(),
    "state": lambda row: GRAVITY.index(row.state),
    "signed_at": lambda row: row.signed_at or _LONG_AGO,
}
"""What the register can be sorted by; with a minus before it, the other way round."""


def instant_of(ctx: Context, as_at: AsAt) -> datetime:
    """The instant meant by *as at*: the present for none, the last instant of a London day for a date.

    Raises Invalid at `/as_at` for the future and for an instant without a time zone.
    """
    return _instant(ctx, as_at, "/as_at")


def look(ctx: Context, as_at: AsAt = None, known_at: AsAt = None) -> Look:
    """What is meant by *as at* and *known at*: what the register said then, or what is known later of what held then.

    Raises Invalid at `/as_at` and `/known_at`: both have passed, and nothing is known before it holds.
    """
    at = instant_of(ctx, as_at)
    known = at if known_at is None else _instant(ctx, known_at, "/known_at")
    if known < at:
        raise Invalid.at("/known_at", "Choose the time the register is asked about, or a later one.")
    return Look(at, known, now=at == known == ctx.now())


def _instant(ctx: Context, given: AsAt, pointer: str) -> datetime:
    if given is None:
        return ctx.now()
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise Invalid.at(pointer, "Give the time together with its time zone.")
        if given > ctx.now():
            raise Invalid.at(pointer, "Choose a time that has passed.")
        return given
    today = london_date(ctx.now())
    if given > today:
        raise Invalid.at(pointer, "Choose today or a day that has passed.")
    return ctx.now() if given == today else end_of(given) - _MOMENT


def register(
    ctx: Context,
    *,
    as_at: AsAt = None,
    known_at: AsAt = None,
    search: str | None = None,
    sector: str | None = None,
    area: str | None = None,
    state: State | str | None = None,
    sort: str = "name",
) -> list[RegisterRow]:
    """Every organisation the register knew at an instant or at the end of a day, found, filtered and sorted (SIG-1).

    *As at* alone is what the register said then, and answers the same for ever; with `known_at` it is what was
    known at that later instant of what held then, after corrections (SIG-3).

    `search` looks in names, codes, sectors and who signed. At most `MOST` rows.
    """
    require(ctx, Permission.REGISTER_READ)
    seen = look(ctx, as_at, known_at)
    wanted = _state(state) if state else None
    needle = text.line(search, pointer="/search").casefold() if search and search.strip() else None
    policy = ctx.the(Policy)
    if area and area not in policy.area_now:
        raise Invalid.at("/area", "Choose one of the areas.")
    if sort.removeprefix("-") not in SORTS:
        raise Invalid.at("/sort", f"Sort by one of these: {', '.join(SORTS)}.")

    at, known = seen.past
    checks = Checks(ctx, seen.at, known, named=True)
    rows = [
        RegisterRow(found, found.instruments, checks.of(found))
        for found in facts(ctx, at=at, known=known).values()
        if found.since <= seen.at
        and (not sector or found.sector == sector)
        and (not area or policy.area_now[area] in found.areas)
        and (wanted is None or found.state is wanted)
        and (needle is None or _mentions(found, needle))
    ]
    rows.sort(key=SORTS["name"])
    rows.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return rows[:MOST]


def isa_checks_due(ctx: Context) -> list[RegisterRow]:
    """The organisations for which the ISA's own list is to be looked at again (SIG-12)."""
    return [row for row in register(ctx) if row.isa.due]


def _state(given: State | str) -> State:
    try:
        return State(given)
    except ValueError:
        raise Invalid.at("/state", f"Choose one of these: {', '.join(State)}.") from None


def _mentions(found: OrganisationFacts, needle: str) -> bool:
    said = [found.name, found.code, found.sector]
    said.extend(cell.signed_name for cell in found.instruments.values() if cell.signed_name)
    return any(needle in each.casefold() for each in said)
