"""What the second person fills in."""

from __future__ import annotations

from wtforms import HiddenField

from .fields import Prose
from .plain import Needed, PlainForm


class Approve(PlainForm):
    digest = HiddenField()


class Refuse(PlainForm):
    reason = Prose(
        "Why not?",
        [Needed("Say why not.")],
        description="Whoever asked reads this.",
    )
