"""What is known about everybody, folded so that one question is a few look-ups.

A `Book` belongs to one state version; it is made from the registers, never from what a caller says (DEC-1).
Everything that time alone can change is folded into one instant a person, `until`: past it the person is
read again before anything is answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from policies.values import Policy

from .reasons import Reason

FOREVER = float("inf")


@dataclass(slots=True)
class Right:
    """One licence as a decision sees it. `failing` is empty when nothing but the resource can stand in the way.

    Somebody without a licence has one right that fails with `NO_LICENCE` and has no `licence_id`. `cases` is
    None for a standing licence; `permit` is the answer it gives when nothing stands in the way.
    """

    licence_id: str
    organisation_id: str
    organisation_code: str
    failing: tuple[Reason, ...]
    areas: frozenset[str]
    actions: frozenset[str]
    cases: frozenset[str] | None
    until: float = FOREVER
    used_at: float = 0.0
    permit: Verdict = field(init=False)
    plain: bool = field(init=False)
    """Whether nothing but area, action and a closed MARAC need be looked at: so for nearly everybody."""

    def __post_init__(self) -> None:
        self.permit = Verdict(True, (), self)
        self.plain = not self.failing and self.cases is None


@dataclass(frozen=True, slots=True)
class Opened:
    """Break-glass for one case (DEC-5): by whose id, in which area, and until when (seconds since 1970)."""

    id: str
    area: str
    until: float


@dataclass(slots=True)
class Verdict:
    """Permit, or deny with every failing reason, the first first; `right` is the licence a permit stands on.

    `opened` is the break-glass without which it would be a deny. `conflict` is the conflict of interest that was
    asked against: for those who set it, and never for an answer or an entry of the log (DEC-6).
    """

    permit: bool
    failing: tuple[Reason, ...] = ()
    right: Right | None = None
    opened: Opened | None = None
    conflict: str | None = None


@dataclass(slots=True)
class Standing:
    """One person as a decision sees them: their rights, best first, and what they are invited to.

    `opened` is what break-glass opens to them, by the case's reference, and `kept` the conflicts of interest that keep
    them from a case, by its reference folded (DEC-5, DEC-6).
    """

    person_id: str
    organisation_id: str | None
    until: float
    rights: tuple[Right, ...]
    invited: dict[str, float] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    """Every key the book knows this person by: their id and their address."""
    opened: dict[str, Opened] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kept:
            for right in self.rights:
                right.plain = False


@dataclass(frozen=True, slots=True)
class Action:
    """What an action needs of its resource."""

    types: frozenset[str]
    own_part: bool
    needs_area: bool


@dataclass(frozen=True, slots=True)
class Client:
    """A program as each of its calls is looked at: what it may ask for, from where, and which tokens it gave back."""

    scopes: frozenset[str]
    networks: tuple[str, ...]
    taken_back: frozenset[str]


@dataclass(slots=True)
class Book:
    """Everything a decision looks at, as at `state_version`, by the policy that was in force then."""

    state_version: int
    actions: dict[str, Action]
    policy: Policy
    people: dict[str, Standing] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    clients: dict[str, Client] = field(default_factory=dict)

    def enter(self, standing: Standing) -> None:
        """Put a person in under each of their names."""
        for name in standing.names:
            self.people[name] = standing

    def strike(self, person_id: str) -> None:
        """Take a person out, under every name they had."""
        known = self.people.get(person_id)
        if known is not None:
            for name in known.names:
                self.people.pop(name, None)
