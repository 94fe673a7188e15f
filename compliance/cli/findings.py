"""What a check of `compliance doctor` says; and the checks of what lies in folders."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.governance.outages.examining import examine
from compliance.kernel.context import House, operator


class Remark(str):
    """Something that a check says although all is well."""


def outage_packs(house: House) -> Iterator[str]:
    """The newest outage pack is of today, whole, and opens (GOV-3)."""
    with house.reading(operator("doctor")) as ctx:
        for found in examine(ctx):
            yield Remark(found.says) if found.well else found.says
