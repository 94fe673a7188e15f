"""What people decide beside the rule, for one person and one case (DEC-5, DEC-6)."""

from .break_glass import call_to_mind, close_over, end_break_glass, grant_break_glass, review_break_glass, view_glass
from .conflicts import (
    grounds_asked,
    lift,
    propose_conflict,
    propose_lifting,
    set_apart,
    tell_of_attempts,
    view_conflict,
)

__all__ = [
    "call_to_mind",
    "close_over",
    "end_break_glass",
    "grant_break_glass",
    "grounds_asked",
    "lift",
    "propose_conflict",
    "propose_lifting",
    "review_break_glass",
    "set_apart",
    "tell_of_attempts",
    "view_conflict",
    "view_glass",
]
