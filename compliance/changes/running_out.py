"""Ends that nobody brings about: a date comes, and a right is over (DEC-4, IDN-2, LIC-7, DEC-5).

A decision folds such ends into itself and denies from that instant on, whether anybody writes it down or not. For
whoever stands by the feed alone each is written down when it comes, as an event of its own, within seconds. For each
kind a mark says up to where that was done; `complete_until` is how far all of them have come, so that whoever follows
can tell a quiet feed from one that nobody writes to. A right that is granted and over before the mark looks at it
needs no end of its own: its grant stands in the feed, and whoever asks because of it is told no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from audit.record import ended_by_time, record
from compliance.decisions.exceptions.models import BreakGlass
from compliance.identity.models import Password, Person, RoleHeld
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from compliance.licences.eligibility import of_organisation
from compliance.licences.models import CaseInvitation, Licence, Training, Vetting
from compliance.licences.rules import ENDED
from policies.values import Policy
from signatories.facts import OrganisationFacts, standings

from .events import RightRanOut, StandingMoved
from .models import TimeMark

MOST = 500
"""Ends that are written in one transaction at the most: the log's head is held meanwhile."""

ORGANISATIONS = "standing"
"""The kind whose ends are of organisations and not of people."""

STALE = timedelta(seconds=15)
"""How old a mark grows where nothing comes to its end."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ends:
    """One kind of end: the rows that have it, whose they are, and the instant at which it comes.

    `column` holds that instant, or the last day, or an instant `later` before it. `live` leaves out what is over already.
    """

    what: str
    id: InstrumentedAttribute[UUID]
    person_id: InstrumentedAttribute[UUID]
    column: InstrumentedAttribute[Any]
    days: bool = False
    later: Callable[[Policy], timedelta] = lambda _policy: timedelta(0)
    live: Callable[[], ColumnElement[bool]] | None = None

    def stored(self, at: datetime, policy: Policy) -> date | datetime:
        """What the column holds for what ends at this instant, or last ended before it."""
        return london_date(at) - _DAY if self.days else at - self.later(policy)

    def ends_at(self, stored: Any, policy: Policy) -> datetime:
        return end_of(stored) if self.days else stored + self.later(policy)


ENDS: tuple[Ends, ...] = (
    Ends("role", RoleHeld.id, RoleHeld.person_id, RoleHeld.ends_at, live=lambda: RoleHeld.ended_at.is_(None)),
    Ends("licence", Licence.id, Licence.person_id, Licence.ends_on, days=True,
         live=lambda: Licence.status.not_in(ENDED)),
    Ends("invitation", CaseInvitation.id, CaseInvitation.person_id, CaseInvitation.until,
         live=lambda: CaseInvitation.ended_at.is_(None)),
    Ends("break_glass", BreakGlass.id, BreakGlass.person_id, BreakGlass.until,
         live=lambda: BreakGlass.ended_at.is_(None)),
    Ends("password", Password.id, Password.person_id, Password.set_at,
         later=lambda policy: timedelta(days=policy.password.max_age_days),
         live=lambda: and_(Password.ended_at.is_(None), _is_open(Password.person_id))),
    Ends("training", Training.id, Training.person_id, Training.valid_until, days=True),
    Ends("vetting", Vetting.id, Vetting.person_id, Vetting.holds_until, days=True),
)  # fmt: skip
"""Every kind of end of a person's rights that has a date of its own. Rotas turn by an errand that changes rows (LIC-6)."""

KINDS = (*(ends.what for ends in ENDS), ORGANISATIONS)


def complete_until(ctx: Context) -> datetime | None:
    """The instant up to which every end by time stands in the feed; None where nobody has looked yet."""
    marks = ctx.session.execute(select(func.count(), func.min(TimeMark.reached_at))).one()
    return marks[1] if marks[0] >= len(KINDS) else None


def write_down(ctx: Context, what: str) -> int:
    """Put the ends of one kind that have come since its mark into the feed, at most `MOST`; how many there were.

    The first look of all sets the mark and writes nothing: whoever begins to follow asks for what holds now.
    """
    mark = _mark(ctx, what)
    if mark is None or mark.reached_at > ctx.now() or (mark.reached_at == ctx.now() and mark.last_id is None):
        return 0
    return _of_organisations(ctx, mark) if what == ORGANISATIONS else _of_people(ctx, mark, _named(what))


def waits(ctx: Context, what: str) -> bool:
    """Whether the mark of this kind is to be moved: something has come to its end, or it has not been moved for a while."""
    mark = ctx.session.get(TimeMark, what)
    if mark is None or mark.reached_at <= ctx.now() - STALE:
        return True
    return what != ORGANISATIONS and ctx.session.execute(_over(ctx, mark, _named(what)).limit(1)).first() is not None


def _over(ctx: Context, mark: TimeMark, ends: Ends) -> Select[Any]:
    """What has come to its end since the mark, the earliest first."""
    policy = ctx.the(Policy)
    since, until = ends.stored(mark.reached_at, policy), ends.stored(ctx.now(), policy)
    # A mark whose instant was wholly done has no id to begin behind.
    begun = ends.column > since
    if mark.last_id is not None:
        begun = or_(begun, and_(ends.column == since, ends.id > mark.last_id))
    wanted = select(ends.id, ends.person_id, ends.column).where(begun, ends.column <= until)
    if ends.live is not None:
        wanted = wanted.where(ends.live())
    return wanted.order_by(ends.column, ends.id)


def _of_people(ctx: Context, mark: TimeMark, ends: Ends) -> int:
    rows = ctx.session.execute(_over(ctx, mark, ends).limit(MOST)).all()
    for person_id in dict.fromkeys(row[1] for row in rows):
        ended_by_time(ctx, "person", person_id)
        record(ctx, RightRanOut(subject=person_id, what=ends.what, rules=("DEC-4",)))

    if len(rows) < MOST:
        mark.reached_at, mark.last_id = ctx.now(), None
    else:
        mark.reached_at, mark.last_id = ends.ends_at(rows[-1][2], ctx.the(Policy)), rows[-1][0]
    return len(rows)


def _of_organisations(ctx: Context, mark: TimeMark) -> int:
    policy, then, now = ctx.the(Policy), mark.reached_at, ctx.now()
    facts = standings(ctx.session, then, policy=policy)
    moved = [one for one, organisation in facts.items() if _changes(organisation, policy, then, now)]
    for organisation_id in moved:
        ended_by_time(ctx, "organisation", organisation_id)
        record(ctx, StandingMoved(subject=organisation_id, organisation=organisation_id, rules=("DEC-4",)))
    mark.reached_at, mark.last_id = now, None
    return len(moved)


def _changes(organisation: OrganisationFacts, policy: Policy, then: datetime, now: datetime) -> bool:
    """Whether anything that decisions see of it came to its time in between."""
    items = of_organisation(organisation, policy, then, given=True)
    moments: Iterable[datetime | None] = (organisation.until, *(item.until for item in items))
    return any(moment is not None and then < moment <= now for moment in moments)


def _mark(ctx: Context, what: str) -> TimeMark | None:
    """The mark of this kind, held; None where it was only now set, or somebody else is at it."""
    found = ctx.session.get(TimeMark, what, with_for_update={"skip_locked": True}, populate_existing=True)
    if found is None and ctx.session.get(TimeMark, what) is None:
        ctx.session.add(TimeMark(what=what, reached_at=ctx.now(), last_id=None))
    return found


def _named(what: str) -> Ends:
    return next(ends for ends in ENDS if ends.what == what)


def _is_open(person_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    return select(Person.id).where(Person.id == person_id, Person.closed_at.is_(None)).exists()
