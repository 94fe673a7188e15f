"""The waiting list as a table for files."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment
from policies.values import Policy

from .queries import Line

COLUMNS = (
    "Place", "Person", "E-mail", "Organisation", "Kind", "Areas", "Asked for", "Waiting since", "Offer ends",
    "Offer accepted",
)  # fmt: skip


def of_waiting(ctx: Context, lines: Sequence[Line]) -> Table:
    """Each line as text; an offer that is accepted has no end."""
    policy = ctx.the(Policy)
    return Table(
        title="Waiting list for seats",
        stem="waiting-list",
        produced_at=ctx.now(),
        columns=COLUMNS,
        rows=[
            (
                str(line.place or ""),
                line.licence.person.full_name,
                line.licence.person.email,
                line.licence.organisation.name,
                str(line.licence.kind),
                ", ".join(policy.area_name(code) for code in line.areas),
                moment(line.licence.requested_at),
                moment(line.waiting_since),
                moment(line.offer.ends_at) if line.offer and line.offer.accepted_at is None else "",
                moment(line.offer.accepted_at) if line.offer else "",
            )
            for line in lines
        ],
        address=f"{ctx.house.settings.base_url}/licences/waiting",
    )
