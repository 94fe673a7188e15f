"""What a witness can be, what can come of asking one, and when it counts as late: tables and pure functions (AUD-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """How a witness is reached: a folder, a letter, or the calls of c2sp.org/tlog-witness."""

    FOLDER = "folder"
    MAIL = "mail"
    CALLS = "calls"


class Problem(StrEnum):
    """Why a witness did not take the newest checkpoint.

    `ahead` and `forked`: it shows a checkpoint that our own key signed, and the log is smaller than that, or is not what
    that was. `claims_more` and `claims_other`: it says so, and shows none. `accepted`: two people know of it, and the
    witness's owner has still to move it on. The rest is that it could not be asked, or did not answer as a witness.
    """

    AHEAD = "ahead"
    FORKED = "forked"
    CLAIMS_MORE = "claims_more"
    CLAIMS_OTHER = "claims_other"
    ACCEPTED = "accepted"
    NO_FOLDER = "no_folder"
    NOT_WRITABLE = "not_writable"
    NOT_READABLE = "not_readable"
    NOT_REACHED = "not_reached"
    NO_ANSWER = "no_answer"
    NOT_TRUSTED = "not_trusted"
    REDIRECTED = "redirected"
    KEY_UNKNOWN = "key_unknown"
    LOG_UNKNOWN = "log_unknown"
    NOT_UNDERSTOOD = "not_understood"
    INTERRUPTED = "interrupted"


PROVEN = frozenset({Problem.AHEAD, Problem.FORKED})
"""The log is not the one that was witnessed, and nobody but whoever holds its key can have made that up."""

CONTRADICTS = PROVEN | {Problem.CLAIMS_MORE, Problem.CLAIMS_OTHER}
"""On which nothing is started, until two people say so."""

LARGEST = 2**63 - 1
MAIL_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Held:
    """What a witness holds: a size, and where it shows its checkpoint the root and the note itself.

    `text` is what an acceptance names: the three lines of the checkpoint, or the two of a mere claim.
    """

    origin: str
    size: int
    root: bytes | None = None
    note: str = ""

    @property
    def text(self) -> str:
        return text_of(self.kept)

    @property
    def kept(self) -> str:
        """What is written down of it."""
        return self.note or f"{self.origin}\n{self.size}\n"


def text_of(kept: str) -> str:
    """What is said of the log in a note, or in a claim without signatures."""
    return kept.partition("\n\n")[0].rstrip("\n") + "\n"


@dataclass(frozen=True)
class Answer:
    """What came of asking a witness: the size it holds now, or what is the matter, and what it holds where it says.

    Neither a size nor a problem: nothing was sealed yet, and so nothing was asked.
    """

    witness: str
    size: int = 0
    problem: Problem | None = None
    held: Held | None = None

    @property
    def took(self) -> bool:
        return self.problem is None and self.size > 0

    @property
    def contradicts(self) -> bool:
        return self.problem in CONTRADICTS


def kind_of(witness: str) -> Kind:
    """What a witness is, by its address."""
    if witness.startswith("/"):
        return Kind.FOLDER
    return Kind.MAIL if witness.startswith("mailto:") else Kind.CALLS


def is_due(tried_at: datetime | None, problem: str | None, now: datetime, *, every: timedelta) -> bool:
    """Whether a witness is to be asked again. One that contradicts is asked each time, so that it is not forgotten.

    A last time that is still to come was written by a clock since set back.
    """
    if tried_at is None or tried_at > now or problem in PROVEN:
        return True
    return now - tried_at >= every


def is_late(
    witness: str, taken_at: datetime | None, tried_at: datetime | None, now: datetime, *, allowed: timedelta
) -> bool:
    """Whether a witness has taken nothing for too long, or nothing at all when it was asked.

    A letter goes once a day, and so has a day more; until the first is sent nobody can say.
    """
    if kind_of(witness) is Kind.MAIL:
        return taken_at is not None and now - taken_at > allowed + MAIL_EVERY
    return tried_at is not None if taken_at is None else now - taken_at > allowed
