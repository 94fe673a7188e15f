"""The changes themselves: whose rights, by which event, in the order in which they were committed (DEC-4).

The log's head is locked from an entry's number being taken until its commit, so the order of entries is the order of
commits, and whoever sees one sees every one before it: also that of a transaction which began later and was quicker.
So the place behind the last change that somebody has seen never has anything come in before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from audit.models import AuditEntry, LogHead, RightsChange
from compliance.kernel.context import Context

MOST = 500
"""Changes of a page at the most."""

CASE_ACCESS = "case_access.changed"
"""What every change of one person's access to single cases is called: an invitation, break-glass, a conflict of interest.

Told apart, they would let whoever reads the feed know of a conflict (DEC-6). Which case it is, is not told either."""

_OF_CASES = ("case_invitation.", "break_glass.", "conflict.")


@dataclass(frozen=True, order=True)
class Place:
    """Behind which change one stands: the entry that tells of it, and whose rights it is about."""

    entry: int
    kind: str
    subject_id: UUID


BEGINNING = Place(-1, "", UUID(int=0))
"""Before the first change there ever was."""


@dataclass(frozen=True)
class Change:
    """One grant, end or change of a right, in ids and codes.

    `kind` and `subject_id` are whose right: `person`, `organisation`, `client`, `closed_case`, or `policy` and
    `everyone` where it may be anybody's. `about` is what the event was about, as its kind and id.
    """

    place: Place
    type: str
    at: str
    state_version: int
    about: tuple[str, str] | None
    organisation: str | None
    reference: str | None
    rules: tuple[str, ...]

    @property
    def said(self) -> dict[str, Any]:
        """What is told of it, beyond its type and its time."""
        return {
            "state_version": self.state_version,
            "subject": {"kind": self.place.kind, "id": str(self.place.subject_id)},
            "about": {"kind": self.about[0], "id": self.about[1]} if self.about else None,
            "organisation": self.organisation,
            "reference": self.reference,
            "rules": list(self.rules),
        }


def after(ctx: Context, place: Place, *, limit: int = MOST) -> list[Change]:
    """The changes behind this place, the oldest first."""
    wanted = _CHANGES.where(_behind(place)).order_by(RightsChange.entry, RightsChange.kind, RightsChange.subject_id)
    return _read(ctx, wanted.limit(limit))


def at(ctx: Context, place: Place) -> Change | None:
    """The change at this very place."""
    found = _read(ctx, _CHANGES.where(RightsChange.entry == place.entry, *_same(place)))
    return found[0] if found else None


def newest(ctx: Context) -> Place:
    """The place of the newest change; the beginning where there is none."""
    wanted = select(RightsChange.entry, RightsChange.kind, RightsChange.subject_id).where(RightsChange.entry >= 0)
    row = ctx.session.execute(
        wanted.order_by(RightsChange.entry.desc(), RightsChange.kind.desc(), RightsChange.subject_id.desc()).limit(1)
    ).one_or_none()
    return Place(*row) if row else BEGINNING


def behind(ctx: Context, place: Place, *, most: int) -> int:
    """How many changes stand behind this place, counted up to so many."""
    some = select(RightsChange.entry).where(_behind(place)).limit(most).subquery()
    return ctx.session.execute(select(func.count()).select_from(some)).scalar_one()


def log_has(ctx: Context, place: Place) -> bool:
    """Whether the log has come as far as this place: not, where it was turned back since the place was given."""
    return place.entry < ctx.session.execute(select(LogHead.size)).scalar_one()


_CHANGES = select(
    RightsChange.entry, RightsChange.kind, RightsChange.subject_id, RightsChange.state_version, AuditEntry.at,
    AuditEntry.event, AuditEntry.subject_kind, AuditEntry.subject_id.label("about_id"), AuditEntry.organisation,
    AuditEntry.reference, AuditEntry.rules,
).join(AuditEntry, AuditEntry.number == RightsChange.entry)  # fmt: skip


def _behind(place: Place) -> ColumnElement[bool]:
    """That a change stands behind it. The first condition is there for the index."""
    kind, subject = RightsChange.kind, RightsChange.subject_id
    further = or_(kind > place.kind, and_(kind == place.kind, subject > place.subject_id))
    return and_(RightsChange.entry >= place.entry, or_(RightsChange.entry > place.entry, further))


def _same(place: Place) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return RightsChange.kind == place.kind, RightsChange.subject_id == place.subject_id


def _read(ctx: Context, wanted: Select[*tuple[Any, ...]]) -> list[Change]:
    return [_change(row) for row in ctx.session.execute(wanted)]


def _change(row: Row[Any]) -> Change:
    place = Place(row.entry, row.kind, row.subject_id)
    if row.event.startswith(_OF_CASES):
        return Change(place, CASE_ACCESS, row.at, row.state_version, None, None, None, ())
    about = (row.subject_kind, row.about_id) if row.subject_kind and row.about_id else None
    rules = tuple((row.rules or "").split())
    return Change(place, row.event, row.at, row.state_version, about, row.organisation, row.reference, rules)


def wanted_by(changes: Sequence[Change], types: Sequence[str]) -> list[Change]:
    """Those whose type is one of these, or begins with one that ends with a dot; all where none is named."""
    if not types:
        return list(changes)
    begin = tuple(one for one in types if one.endswith("."))
    return [change for change in changes if change.type in types or (begin and change.type.startswith(begin))]
