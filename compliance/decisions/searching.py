"""Who may, which cases, and what may be done: the same decision asked of everything it could be about (AuthZEN 1.0, DEC-1).

Pure. A search finds what an evaluation of the same would permit, and nothing that it would not; what is not known finds nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

from .book import Book, Standing
from .questions import Found, Question, Search, Sought
from .rules import Stale, decide


def search(book: Book, now: float, wanted: Search, read_again: Callable[[str], None]) -> Found:
    """Look through what it could be; whoever may have changed with time is read again first."""
    candidates = {Sought.SUBJECT: _people, Sought.RESOURCE: _cases, Sought.ACTION: _actions}[wanted.sought]
    found: list[str] = []
    for name, questions in candidates(book, wanted.question, wanted.after):
        if any(_permits(book, now, question, read_again) for question in questions):
            if len(found) == wanted.limit:
                return Found(tuple(found), more=True)
            found.append(name)
    return Found(tuple(found), more=False)


def _permits(book: Book, now: float, question: Question, read_again: Callable[[str], None]) -> bool:
    for _ in range(2):
        try:
            return decide(
                book, now, question.subject, question.action, question.resource_type, question.reference,
                question.area, question.owner, question.closed, question.resource_id,
            ).permit  # fmt: skip
        except Stale as stale:
            read_again(stale.person_id)
    return False


def _people(book: Book, asked: Question, after: str) -> Iterator[tuple[str, list[Question]]]:
    if not asked.subject:
        return
    everybody = sorted({standing.person_id for standing in book.people.values()})
    for person in everybody[bisect_right(everybody, after) :]:
        yield person, [_about(asked, subject=person)]


def _cases(book: Book, asked: Question, after: str) -> Iterator[tuple[str, list[Question]]]:
    """The cases that somebody was let near by name: invited to, licensed for, opened by break-glass. No others are known here."""
    standing = book.people.get(asked.subject)
    if standing is None:
        return
    named = set(standing.invited) | set(standing.opened)
    named.update(*(right.cases for right in standing.rights if right.cases is not None))
    areas = [asked.area] if asked.area is not None else _areas(standing)
    for reference in sorted(named):
        if reference > after:
            yield reference, [_about(asked, reference=reference, resource_id=reference, area=area) for area in areas]


def _areas(standing: Standing) -> list[str]:
    """Where a case could lie for this person, when the caller does not say: a case's area is not known here."""
    opened = {each.area for each in standing.opened.values()}
    return sorted(opened.union(*(right.areas for right in standing.rights)))


def _actions(book: Book, asked: Question, after: str) -> Iterator[tuple[str, list[Question]]]:
    for name, action in sorted(book.actions.items()):
        if name > after and asked.resource_type in action.types:
            yield name, [_about(asked, action=name)]


def _about(asked: Question, **other: str | None) -> Question:
    members = {
        name: getattr(asked, name)
        for name in (
            "subject",
            "action",
            "resource_type",
            "resource_id",
            "reference",
            "area",
            "owner",
            "closed",
            "purpose",
        )
    }
    return Question(**(members | other))
