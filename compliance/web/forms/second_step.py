"""What somebody types for the second step of signing in."""

from __future__ import annotations

from .fields import Line, OneOf
from .plain import Needed, PlainForm

CODE = "6-digit code"
ENTER = "Enter the 6-digit code."


class Code(PlainForm):
    code = Line(CODE, [Needed(ENTER)])


class FreshCode(PlainForm):
    fresh_code = Line(CODE, [Needed(ENTER)])


class NewPasskey(PlainForm):
    name = Line(
        "Name for this passkey (optional)",
        description="So that you can tell it from others later, such as “my phone” or “blue security key”.",
    )


class Way(PlainForm):
    way = OneOf("How will you show that it is you?", [Needed("Choose one of these ways.")])
