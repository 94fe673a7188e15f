"""Whether what is kept beside the entries is what they are committed to, or is gone as an entry says (AUD-3, RET-9)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from typing import Any

from compliance.kernel.secrets import KeyRing, Unreadable

from .personal import DISPOSED, commitment, place
from .stretches import Readers, driver_errors, spanned

Wrong = tuple[int, str]
"""The number of an entry, and what is wrong with what is kept beside it."""


@dataclass(frozen=True)
class Disposal:
    """That an entry says it: what was kept beside the entries from `first` to `last` was disposed of."""

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class Beside:
    """The rows beside the log, as these readers see them, up to its head.

    Without a ring what was sealed stays unread: then only that it is there can be seen.
    """

    readers: Readers
    dialect: str
    head: int
    ring: KeyRing | None
    _unsaid: dict[int, int] = field(default_factory=dict)

    def wrong(self, first: int, until: int) -> Wrong | None:
        """The first entry from one number up to another that has not beside it what it is committed to."""
        if self._all_plain(first, until):
            return None
        for row in self.readers.rows(_each(self.dialect), first=first, until=until):
            why = self._wrong_with(*row)
            if why is not None:
                return int(row[0]), f"Entry {row[0]}: {why}"
        return None

    def unsaid(self, until: int | None = None) -> Wrong | None:
        """The first entry beside which a row is empty by the word of an entry before this one, which says no such thing.

        It is asked for once that entry was read and stands: one that was cut off or altered is told of itself.
        """
        numbers = [number for by, number in self._unsaid.items() if until is None or by < until]
        return (min(numbers), f"Entry {min(numbers)}: {_NOWHERE_SAID}") if numbers else None

    def beyond(self) -> Wrong | None:
        """A row that stands beside no entry at all, before the first or behind the last."""
        ((strays,),) = self.readers.rows(_strays(self.dialect), first=0, until=self.head)
        return (self.head, "Something personal is kept beside no entry.") if strays else None

    @cached_property
    def _disposals(self) -> dict[int, Disposal]:
        found = {}
        for number, detail in self.readers.rows(f"SELECT number, detail FROM audit_entries WHERE event = '{DISPOSED}'"):  # noqa: S608
            try:
                said = json.loads(detail)
                found[number] = Disposal(number, int(said["first"]), int(said["last"]))
            except (ValueError, TypeError, KeyError):
                continue
        return found

    def _all_plain(self, first: int, until: int) -> bool:
        """Whether the store's own account of the whole span shows that all is well: the usual case, at little cost."""
        span = {"first": first, "until": until}
        try:
            ((lines, committed, plain, rows, owed),) = self.readers.rows(_all(self.dialect), **span)
        except driver_errors(self.dialect):
            return False
        gone = self.readers.rows(_gone(self.dialect), **span)
        if not plain + sum(row[-1] for row in gone) == rows == owed:
            return False
        if not all(self._says_so(*row[:-1]) for row in gone):
            return False
        digests = (sha256(line).hexdigest() for line in bytes(lines or b"").split(b"\n")) if plain else ()
        return "".join(digests) == (committed or "")

    def _says_so(self, disposed_by: int, least: int, most: int) -> bool:
        disposal = self._disposals.get(disposed_by)
        return disposal is not None and disposal.first <= least <= most <= disposal.last < disposal.number

    def _wrong_with(
        self, number: int, committed: Any, row: int | None, salt: Any, address: Any, said: Any, disposed_by: Any
    ) -> str | None:
        if committed is None:
            return "something personal is kept beside it, and it is committed to nothing."
        if row is None:
            return "what was kept beside it is gone, and no entry says so."
        if disposed_by is not None:
            if (salt, address, said) != (None, None, None):
                return "what was disposed of is there."
            if not self._says_so(disposed_by, number, number):
                self._unsaid.setdefault(disposed_by, number)
            return None
        if not isinstance(salt, bytes) or not isinstance(address, (str, type(None))):
            return "what is kept beside it is not what it is committed to."
        if said is not None and self.ring is None:
            return None
        try:
            plain = self.ring.open(said, place=place(number)).decode() if said is not None and self.ring else None
        except (Unreadable, ValueError, TypeError, AttributeError):
            return "what was said does not open: it was altered, or its key is missing."
        return (
            None
            if commitment(salt, address, plain) == committed
            else "what is kept beside it is not what it is committed to."
        )


_NOWHERE_SAID = "what was kept beside it is gone, and the entry that is named for it does not say so."

_LIVE = "p.said IS NULL AND p.disposed_by IS NULL AND p.salt IS NOT NULL AND e.personal IS NOT NULL"


@cache
def _all(dialect: str) -> str:
    """The lines that the commitments are over, those, and how many lines, rows and commitments there are."""
    span, there = spanned(dialect, "e.number"), spanned(dialect, "number")
    if dialect == "sqlite":
        line = "json_array(lower(hex(p.salt)), p.address, NULL)"
        joined = "CAST(group_concat(line, char(10)) AS BLOB), group_concat(personal, '')"
    else:
        line = "'[\"' || encode(p.salt, 'hex') || '\",' || coalesce(to_json(p.address)::text, 'null') || ',null]'"
        joined = (
            "convert_to(string_agg(line, E'\\n' ORDER BY number), 'UTF8'), string_agg(personal, '' ORDER BY number)"
        )
    return f"""
        SELECT {joined}, count(*), (SELECT count(*) FROM audit_personal WHERE {there}),
               (SELECT count(personal) FROM audit_entries WHERE {there})
        FROM (SELECT e.number, {line} AS line, e.personal FROM audit_entries e JOIN audit_personal p ON p.number = e.number
              WHERE {span} AND {_LIVE} ORDER BY e.number) AS lines
    """  # noqa: S608 - names of ours


@cache
def _strays(dialect: str) -> str:
    return f"SELECT count(*) FROM audit_personal WHERE NOT ({spanned(dialect, 'number')})"  # noqa: S608 - names of ours


@cache
def _gone(dialect: str) -> str:
    return f"""
        SELECT p.disposed_by, min(p.number), max(p.number), count(*)
        FROM audit_personal p JOIN audit_entries e ON e.number = p.number
        WHERE {spanned(dialect, "p.number")} AND e.personal IS NOT NULL AND p.disposed_by IS NOT NULL
          AND p.salt IS NULL AND p.address IS NULL AND p.said IS NULL
        GROUP BY p.disposed_by
    """  # noqa: S608 - names of ours


@cache
def _each(dialect: str) -> str:
    return f"""
        SELECT e.number, e.personal, p.number, p.salt, p.address, p.said, p.disposed_by
        FROM audit_entries e LEFT JOIN audit_personal p ON p.number = e.number
        WHERE {spanned(dialect, "e.number")} AND (e.personal IS NOT NULL OR p.number IS NOT NULL) ORDER BY e.number
    """  # noqa: S608 - names of ours
