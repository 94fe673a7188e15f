"""The feed of changes of rights, for a case system that ends what it shows when a right ends (DEC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import NoAnswer

if TYPE_CHECKING:
    from .service import Service

PAGE = 500
_BEYOND_THE_WAIT_SECONDS = 10.0
_EVERYBODY = frozenset({"policy", "everyone"})


@dataclass(frozen=True)
class Change:
    """One change: what happened, and whose right changed, by kind and id. Drop what you keep of theirs, and ask again."""

    type: str
    kind: str
    subject_id: str
    said: Mapping[str, Any]

    @property
    def is_everybodys(self) -> bool:
        """Whether it may be anybody's right: the policy changed, or something that all stand on."""
        return self.kind in _EVERYBODY


@dataclass(frozen=True)
class Changes:
    """A page. Keep `next` once you have acted on all of `items`; `complete_until` says until when ends by time are in it."""

    items: tuple[Change, ...]
    next: str
    more: bool
    complete_until: str | None


def page(service: Service, after: str | None, wait: int) -> Changes:
    """The changes behind this cursor, waited for so many seconds where there are none. Raises Refused, NoAnswer."""
    given = service.get("changes", after=after, wait=wait or None, limit=PAGE, seconds=wait + _BEYOND_THE_WAIT_SECONDS)
    try:
        items = tuple(
            Change(str(each["type"]), str(each["subject"]["kind"]), str(each["subject"]["id"]), each)
            for each in given["items"]
        )
        return Changes(items, str(given["next"]), bool(given["more"]), given["complete_until"])
    except (KeyError, TypeError):
        raise NoAnswer("the feed cannot be read") from None
