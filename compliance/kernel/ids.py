"""Where identifiers come from."""

from __future__ import annotations

from uuid import UUID, uuid4


def new_id() -> UUID:
    """An identifier that says nothing about when or in which order it was made."""
    return uuid4()


def parse_id(text: str) -> UUID | None:
    """The identifier written in `text`, or None when it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None
