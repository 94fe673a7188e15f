"""What can happen to a rota. Its hand-overs are told of the licences: suspended and resumed, for the rota."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class RotaMade(Event):
    """Several people of an organisation share one seat from now on, by a timetable (LIC-6)."""

    name: ClassVar[str] = "rota.made"
    subject_kind: ClassVar[str | None] = "rota"
    kind: str
    members: tuple[UUID, ...]
    turns: int


@dataclass(frozen=True, kw_only=True)
class RotaTurnsSet(Event):
    """The timetable was set anew; `joined` are the licences that came into the rota with it (LIC-6)."""

    name: ClassVar[str] = "rota.turns_set"
    subject_kind: ClassVar[str | None] = "rota"
    joined: tuple[UUID, ...]
    turns: int


@dataclass(frozen=True, kw_only=True)
class RotaMemberLeft(Event):
    """Somebody is out of a rota: their licence ended, they have a seat of their own, or they only had asked (LIC-6)."""

    name: ClassVar[str] = "rota.member_left"
    subject_kind: ClassVar[str | None] = "rota"
    licence: UUID
    person: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class RotaEnded(Event):
    """A rota is over; `kept` is the licence that has its seat from then on, where one is left (LIC-6)."""

    name: ClassVar[str] = "rota.ended"
    subject_kind: ClassVar[str | None] = "rota"
    kept: UUID | None = None
    left: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RotaViewed(Event):
    """One rota was shown (AUD-1)."""

    name: ClassVar[str] = "rota.viewed"
    subject_kind: ClassVar[str | None] = "rota"
