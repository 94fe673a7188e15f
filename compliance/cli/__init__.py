"""The operator's commands: whoever holds the machine, acting in their own name and on the record."""

from .commands import main

__all__ = ["main"]
