"""What is done about a log that was rolled back, as the log itself tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class RollbackAccepted(Event):
    """Two people let the service run on a log which is not the one a witness has seen.

    `digest` is SHA-256 over what the witness says of the log, `witness_size` the entries it has seen, `own_size` those
    that the log had when it was proposed.
    """

    name: ClassVar[str] = "rollback.accepted"
    subject_kind: ClassVar[str | None] = "accepted_rollback"

    rules: tuple[str, ...] = ("AUD-3", "ROL-3")
    digest: str
    witness_size: int
    own_size: int
