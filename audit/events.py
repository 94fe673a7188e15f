"""The closed vocabulary of what can happen.

Each room writes its own past-tense facts as frozen dataclasses below `Event`; making a class puts its name
in the vocabulary, and a name can be taken only once. Events hold ids and codes: no free text, no names of
people, nothing that says what a case is about (AUD-1, AUD-3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

VOCABULARY: dict[str, type[Event]] = {}

ENVELOPE = frozenset({"subject", "organisation", "reference", "outcome", "rules", "purpose"})
"""The fields of an event that have columns of their own in the log; the others go into its detail."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, in the past tense.

    `subject` is the id of what it happened to; `organisation` whose it is; `reference` the case system's
    opaque reference; `rules` the rule ids that decided it. Any further field is detail; every UUID in it
    counts as naming that row to the guard. `private` names the fields of detail that say something of a person
    beyond ids and codes: they are kept apart, and go when their time is over (AUD-3).
    """

    name: ClassVar[str]
    subject_kind: ClassVar[str | None] = None
    private: ClassVar[frozenset[str]] = frozenset()

    subject: UUID | None = None
    organisation: UUID | None = None
    reference: str | None = None
    outcome: str = "done"
    rules: tuple[str, ...] = ()
    purpose: str | None = None

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        name = cls.__dict__.get("name")
        if name is None:
            return
        if name in VOCABULARY and VOCABULARY[name].__qualname__ != cls.__qualname__:
            raise TypeError(f"the event name {name} is taken by {VOCABULARY[name].__qualname__}")
        VOCABULARY[name] = cls

    def names(self) -> Iterator[UUID]:
        """Every row this event speaks of, by id."""
        for name in _fields(self):
            value = getattr(self, name)
            if isinstance(value, UUID):
                yield value
            elif isinstance(value, (tuple, frozenset)):
                yield from (item for item in value if isinstance(item, UUID))

    def detail(self) -> dict[str, Any]:
        """What the event says beyond its envelope, as JSON values; what is private apart."""
        return self._beyond(lambda name: name not in self.private)

    def said(self) -> dict[str, Any]:
        """What of it is private, as JSON values."""
        return self._beyond(lambda name: name in self.private)

    def _beyond(self, wanted: Callable[[str], bool]) -> dict[str, Any]:
        return {
            name: _plain(value)
            for name in _fields(self)
            if name not in ENVELOPE and wanted(name) and (value := getattr(self, name)) is not None
        }


def _fields(event: Event) -> tuple[str, ...]:
    kind: Any = type(event)
    return _fields_of(kind)


@cache
def _fields_of(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, frozenset, list)):
        items = [_plain(item) for item in value]
        return sorted(items) if isinstance(value, frozenset) else items
    if isinstance(value, (bool, int)):
        return value
    return str(value)
