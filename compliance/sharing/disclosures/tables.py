"""The register of disclosures as a file that leaves the service: to which kind of body, and on whose authority (SHA-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, day, moment
from policies.values import Policy

from .queries import Listed, called

_COLUMNS = (
    "Disclosure", "Reference", "To", "What", "Organisation", "Asked", "State", "Answered by", "Answered", "Disclosed",
)  # fmt: skip


def of_disclosures(ctx: Context, rows: Sequence[Listed], names: Mapping[str, str], *, most: int | None = None) -> Table:
    """One line for each disclosure; `names` are those of the managers who answered, by id."""
    policy = ctx.the(Policy)
    lines = [
        (
            called(row.disclosure),
            row.disclosure.reference,
            row.disclosure.body,
            row.disclosure.material,
            row.organisation or "MARAC Hub Team",
            moment(row.disclosure.asked_at),
            row.disclosure.status,
            names.get(row.disclosure.answered_by or "", ""),
            moment(row.disclosure.answered_at),
            day(row.disclosure.made_on),
        )
        for row in rows
    ]
    known = {code: choice.name for code, choice in (policy.disclosure_bodies | policy.disclosure_materials).items()}
    lines = [(*line[:2], known.get(line[2], line[2]), known.get(line[3], line[3]), *line[4:]) for line in lines]
    address = f"{ctx.house.settings.base_url}/sharing/disclosures"
    return Table("Disclosures", "disclosures", ctx.now(), _COLUMNS, lines, address, most, "Disclosures")
