"""What can go wrong between a case system and the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class NoAnswer(Exception):
    """Nothing came that can be relied on: not reached, not in time, cut short, or not what was asked. Says which, and no secret."""


_STILL_AT_WORK = frozenset({"still-running", "events-told-meanwhile"})
_LATER = frozenset({408, 425, 429, 502, 503, 504})
_OF_US = frozenset({"invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "unauthorized_client"})
"""How a token is refused (RFC 6749 5.2): the same for everything that is sent, until somebody mends it."""

_OUR_TOKEN = 401
_FAULT = 500


@dataclass
class Refused(Exception):
    """The service refused: `status` is HTTP's, `code` is stable and worth acting on, `rule` is the rule's id where a rule refused.

    `errors` points at each member that is wrong (JSON pointer and words).
    """

    status: int
    code: str
    detail: str
    rule: str | None = None
    errors: tuple[dict[str, Any], ...] = ()

    @property
    def passes(self) -> bool:
        """Whether the same, sent again soon under the same key, may well be taken."""
        return self.status in _LATER or self.code in _STILL_AT_WORK

    @property
    def is_about_this(self) -> bool:
        """Whether it is what was sent that will not be taken, however often: not us, and not the service as it is just now."""
        of_us = self.status == _OUR_TOKEN or self.code in _OF_US
        return not self.passes and not of_us and self.status < _FAULT

    def __str__(self) -> str:
        where = "".join(f" {each.get('pointer')}: {each.get('detail')}" for each in self.errors)
        return f"{self.status} {self.code}: {self.detail}{where}"


class LogDoubted(Exception):
    """The log is not the one that was witnessed before: tell whoever answers for it, and keep what you have (AUD-3)."""
