"""The feed of changes of rights, for a case system that ends what it shows when a right ends (DEC-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .service import Service

PAGE = 500
_BEYOND_THE_WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class Change:
    """One change: what happened, whose it is by ids, and the cursor after it."""

    type: str
    data: Mapping[str, Any]
    cursor: str


def changes(service: Service, after: str | None, wait: int) -> Iterator[Change]:
    """Page after page until one is empty; a page that is empty is waited for so many seconds."""
    while True:
        page = service.get(
            "changes", after=after, wait=wait or None, limit=PAGE, seconds=wait + _BEYOND_THE_WAIT_SECONDS
        )
        items = page["items"]
        for item in items:
            yield Change(item["type"], item, item["cursor"])
        if not items:
            return
        after = items[-1]["cursor"]
