"""How a disposal is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, FieldError, NotFound


class ManifestMoved(Conflict):
    code = "disposal-moved"
    rule = "RET-8"
    detail = "This manifest is no longer where you saw it. Nothing of yours was done: look at it again."


class StillWaits(Conflict):
    code = "disposal-still-waits"
    rule = "RET-8"
    detail = "The waiting time of this manifest is not over. Until then it can be called off, and nobody is told."


class CannotBeDisposed(Conflict):
    """Some of the records asked for cannot be disposed of; `fields` names each by its place and says why."""

    code = "disposal-not-yet"
    rule = "RET-5"
    detail = "Some of these records cannot be disposed of now. Leave them out, or look at what stands in the way."

    def __init__(self, fields: tuple[FieldError, ...]) -> None:
        super().__init__(fields=fields)


class NothingLeft(Conflict):
    code = "disposal-nothing-left"
    rule = "RET-5"
    detail = "None of the records can be disposed of any more. Propose again once nothing stands in the way."


class NotInstructed(NotFound):
    code = "disposal-not-instructed"
    rule = "RET-8"
    detail = "There is no instruction under this id. Only what was instructed can be confirmed."


class ConfirmedOtherwise(Conflict):
    code = "disposal-confirmed-otherwise"
    rule = "RET-8"
    detail = "This disposal was confirmed before, and otherwise. What was confirmed first stands."
