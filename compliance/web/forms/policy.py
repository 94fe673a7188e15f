"""What the hub fills in to change the policy."""

from __future__ import annotations

from typing import Any

from .fields import Line, Prose
from .plain import Needed, PlainForm

LONGEST_NUMBER = 9


class ChangeOfNumber(PlainForm):
    value = Line("New value", [Needed("Enter the new value.")])
    reason = Prose("Why should it change?", [Needed("Say why it should change.")])

    def asked(self) -> Any:
        """The number; what is none goes on as it was typed, and is refused."""
        typed = (self.value.data or "").strip()
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER else typed


class ChangeOfList(PlainForm):
    value = Prose("New list")
    reason = Prose("Why should it change?", [Needed("Say why it should change.")])

    def asked(self) -> list[Any]:
        """What stands on each line; an empty list is one too."""
        return [line.strip() for line in (self.value.data or "").splitlines() if line.strip()]


class ChangeOfNumbers(ChangeOfList):
    """The same for a list of numbers."""

    def asked(self) -> list[Any]:
        """The number on each line; what is none goes on as it was typed, and is refused."""
        typed = super().asked()
        return [
            int(each) if each.isascii() and each.isdigit() and len(each) <= LONGEST_NUMBER else each for each in typed
        ]
