"""Names for the ids in the log, which itself holds none (AUD-3): people's and organisations' in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import null, select, union_all

from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from signatories.models import Organisation


@dataclass(frozen=True)
class Known:
    """Somebody or an organisation by name; of a person also whom they work for now, and whether that is the hub."""

    name: str
    organisation_id: UUID | None = None
    organisation: str | None = None
    hub_team: bool = False


@dataclass(frozen=True)
class Names:
    """Who is known by these ids, as the log writes ids."""

    people: dict[str, Known]
    places: dict[str, str]

    def of(self, person_id: str | None) -> str | None:
        """Somebody's name; None for nobody known."""
        known = self.people.get(person_id or "")
        return known.name if known else None

    def called(self, id_: str | None) -> str | None:
        """The name of somebody or of an organisation; None for neither."""
        return self.of(id_) or self.places.get(id_ or "")


def names(ctx: Context, ids: Iterable[str | None]) -> Names:
    """The people and organisations among these ids."""
    wanted = {parsed for parsed in (parse_id(each) for each in ids if each) if parsed is not None}
    if not wanted:
        return Names({}, {})
    people = (
        select(Person.id, Person.full_name, Person.organisation_id, Organisation.name, Person.hub_team)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.id.in_(wanted))
    )
    places = select(Organisation.id, Organisation.name, Organisation.id, null(), null()).where(
        Organisation.id.in_(wanted)
    )
    found = Names({}, {})
    rows: Sequence[Any] = ctx.session.execute(union_all(people, places)).all()
    for id_, name, organisation_id, organisation, hub_team in rows:
        if hub_team is None:
            found.places[str(id_)] = name
        else:
            found.people[str(id_)] = Known(name, organisation_id, organisation, bool(hub_team))
    return found
