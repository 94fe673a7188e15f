"""Telling holders and escalation contacts that a licence ends unless it is used, and that it has (LIC-8, GOV-5)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.licences.models import Licence
from compliance.notices.writing import write

from . import queries


def warning(ctx: Context, licence: Licence, quarter: Quarter, *, ends_on: date, useless_at: datetime) -> int:
    """Write to the holder and each escalation contact while something can be done; how many letters."""
    return _tell(ctx, "unused_warning", licence, quarter, useless_at=useless_at, ends=said_day(ends_on))


def ended(ctx: Context, licence: Licence, quarter: Quarter) -> int:
    """Write to the holder and each escalation contact that the licence has ended; how many letters."""
    return _tell(ctx, "unused_ended", licence, quarter)


TO_CONTACTS = {"unused_warning": "unused_warning_contact", "unused_ended": "unused_ended_contact"}
"""The same for those who are not its holder."""


def _tell(
    ctx: Context, kind: str, licence: Licence, quarter: Quarter, *, useless_at: datetime | None = None, ends: str = ""
) -> int:
    person, once = licence.person, f"{kind}:{quarter}:{licence.id}"
    contacts = queries.escalation_contacts(ctx, licence.organisation_id)
    told: list[tuple[str, str, UUID | None, str, str]] = [(kind, person.email, person.id, person.full_name, once)]
    told += [(TO_CONTACTS[kind], each.email, None, each.name, f"{once}:{each.id}") for each in contacts]
    letters = [
        write(
            ctx, letter, to=email, person_id=person_id, once=key, useless_at=useless_at, name=name,
            holder=person.full_name, organisation=licence.organisation.name, ends=ends,
            first=said_day(quarter.first_day), last=said_day(quarter.last_day),
            address=f"{ctx.house.settings.base_url}/licences/{licence.id}",
        )
        for letter, email, person_id, name, key in told
    ]  # fmt: skip
    return sum(letter is not None for letter in letters)
