"""People with one right each, what is asked about each of them, and in which order their rights will end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from compliance.identity import use_cases as identity
from compliance.identity.models import Person
from compliance.kernel.context import Context, House, operator
from compliance.licences.models import Licence, LicenceArea, Training, Vetting
from compliance.licences.rules import Kind, Status
from signatories.models import OrganisationDomain
from tests.builders.decisions import a_question
from tests.builders.identity import Acting, someone
from tests.builders.licences import an_organisation, keys, rows_made, seats


@dataclass(frozen=True)
class Asking:
    """What is asked to see whether a right stands: a question of the case system's, or a request at another door.

    `token` is the caller's own, None for the case system's; `request` the whole bytes where it is no question.
    """

    question: dict[str, Any] | None
    token: str | None = None
    request: bytes | None = None


@dataclass(frozen=True)
class Ending:
    """One right that will end: what of, the slots it takes, and the act; it gives an instant where time is what ends it."""

    kind: str
    slots: tuple[int, ...]
    act: Callable[[], float | None]


@dataclass
class World:
    """Everything that is asked about, by slot, and every ending there will be."""

    house: House
    asked: list[Asking] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    organisation: UUID = field(init=False)
    client_id: str = ""
    team: dict[str, Acting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        house = self.house
        seats(house, standing=10_000)
        self.organisation = an_organisation(house, "swale")
        with house.work(operator("test")) as ctx:
            self.client_id = identity.register_client(ctx, name="Case system", scopes=["decisions"])[0].client_id

    def who(self, role: str) -> Acting:
        """The one who has this role here; they have just given a fresh code, however long this lasts."""
        if role not in self.team:
            self.team[role] = someone(self.house, role)
        actor, origin = self.team[role]
        return Acting(actor, replace(origin, fresh_until=self.house.clock.now() + timedelta(minutes=5)))

    def ends(self, kind: str, slots: list[int], act: Callable[[], float | None]) -> None:
        self.endings.append(Ending(kind, tuple(slots), act))

    def asks(self, person: Holder, *, action: str = "case.view", reference: str = "C-1", area: str = "mid-kent") -> int:
        """A slot for this question."""
        kind = action.partition(".")[0]
        return self.put(Asking(a_question(person.email, action, kind, reference, area=area)))

    def put(self, asking: Asking) -> int:
        self.asked.append(asking)
        return len(self.asked) - 1

    def holder(self, organisation: UUID | None = None, *, hub_team: bool = False, age: int = 0) -> Holder:
        """Somebody with an active licence in mid-Kent, whose password is so many days old."""
        with self.house.work(operator("test")) as ctx:
            return _a_holder(ctx, organisation or self.organisation, hub_team, age)


@dataclass(frozen=True)
class Holder:
    id: UUID
    email: str
    licence: UUID


def _a_holder(ctx: Context, organisation_id: UUID, hub_team: bool, age: int) -> Holder:
    now, today, new = ctx.now(), ctx.now().date(), ctx.new_id()
    domain = ctx.session.scalars(
        select(OrganisationDomain.domain).where(OrganisationDomain.organisation_id == organisation_id)
    ).one()
    email = f"p{new.hex}@{domain}"
    person = Person(
        id=new, full_name="Alex Made-Up", email=email, organisation_id=organisation_id, hub_team=hub_team, created_at=now
    )  # fmt: skip
    rows_made(ctx, person)
    ctx.session.flush()
    password, second = keys(ctx, new)
    # A second old besides, so that "ninety days" has passed for it and not for one of its day.
    password.set_at = now - timedelta(days=age, seconds=1) if age else now
    trained = [
        Training(id=ctx.new_id(), person_id=new, module=module, done_on=today, recorded_by="test")
        for module in ("case-system", "elearning")
    ]
    vetted = Vetting(
        id=ctx.new_id(), person_id=new, level="NPPV 2", holds_until=today + timedelta(days=400), recorded_by="test"
    )
    licence = Licence(
        id=ctx.new_id(), person_id=new, organisation_id=organisation_id, kind=Kind.STANDING, status=Status.ACTIVE,
        reason="-", requested_by="test", requested_at=now, activated_at=now, areas=[LicenceArea(area="mid-kent")],
    )  # fmt: skip
    rows_made(ctx, password, second, *trained, vetted, licence)
    return Holder(new, email, licence.id)
