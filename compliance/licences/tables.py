"""Licences as a table, for the files that leave the service (LIC-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, day, moment
from policies.values import Policy

from .models import Licence

COLUMNS = (
    "Person", "E-mail address", "Organisation", "Kind", "State", "Why it rests or ended", "Areas", "Asked for", "Decided",
    "Active since", "Ended", "Last day", "Last used",
)  # fmt: skip


def of_licences(
    ctx: Context, licences: Sequence[Licence], used: Mapping[UUID, datetime], *, most: int | None = None
) -> Table:
    """One line for each licence; `used` says when each was last used, `most` at how many lines it was cut."""
    policy = ctx.the(Policy)
    lines = [
        (
            licence.person.full_name,
            licence.person.email,
            licence.organisation.name,
            licence.kind,
            licence.status,
            licence.suspension or licence.end_reason or "",
            ", ".join(policy.areas_now(each.area for each in licence.areas)),
            moment(licence.requested_at),
            moment(licence.decided_at),
            moment(licence.activated_at),
            moment(licence.deactivated_at),
            day(licence.ends_on),
            moment(used.get(licence.id)),
        )
        for licence in licences
    ]
    address = f"{ctx.house.settings.base_url}/licences"
    return Table("Licences of the case system", "licences", ctx.now(), COLUMNS, lines, address, most, "Licences")
