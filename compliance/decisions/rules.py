"""The decision itself (DEC-1): pure, values in, a verdict out; anything not known to be allowed is refused (DEC-3)."""

from __future__ import annotations

from . import reasons as why
from .book import Book, Right, Standing, Verdict
from .reasons import Reason


class Stale(Exception):
    """What the book says of this person may have changed with time: read them again, then decide."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__("read this person again")


def decide(
    book: Book,
    now: float,
    subject: str,
    action: str,
    resource_type: str,
    reference: str,
    area: str | None,
    owner: str | None,
    closed: bool,
) -> Verdict:
    """May `subject` do `action` to this resource at `now` (seconds since 1970)? Raises Stale.

    `reference` is the case the resource belongs to, or the resource's own id; `owner` an organisation's id
    or code; `closed` what the case system says of the meeting, to which our own list of closed cases is added.
    """
    needs = book.actions.get(action)
    if needs is None:
        return _UNKNOWN_ACTION
    if resource_type not in needs.types:
        return _UNKNOWN_RESOURCE
    standing = book.people.get(subject)
    if standing is None:
        return _UNKNOWN_SUBJECT
    if now >= standing.until:
        raise Stale(standing.person_id)
    # The one right nearly everyone has, with nothing against it, is the path the case system waits on.
    right = standing.rights[0]
    if (
        not right.failing
        and action in right.actions
        and right.cases is None
        and not closed
        and reference not in book.closed
        and (area in right.areas or not needs.needs_area)
        and not needs.own_part
    ):
        return right.permit
    refused: tuple[Reason, ...] | None = None
    for right in standing.rights:
        failing = right.failing
        if right.licence_id:
            failing = (*failing, *_against(book, now, standing, right, action, reference, area, owner, closed))
        if not failing:
            return right.permit
        if refused is None or len(failing) < len(refused):
            refused = failing
    return Verdict(False, refused or (why.NO_LICENCE,))


def _against(
    book: Book,
    now: float,
    standing: Standing,
    right: Right,
    action: str,
    reference: str,
    area: str | None,
    owner: str | None,
    closed: bool,
) -> list[Reason]:
    """Everything about this resource that stands in the way of this right."""
    needs = book.actions[action]
    against = []
    if action not in right.actions:
        against.append(why.ROLE_LACKS)
    if needs.needs_area and area not in book.areas:
        against.append(why.NO_AREA)
    elif needs.needs_area and area not in right.areas:
        against.append(why.OTHER_AREA)
    invited = standing.invited.get(reference, 0.0) > now
    if right.cases is not None and needs.needs_area and reference not in right.cases and not invited:
        against.append(why.NOT_INVITED)
    if (closed or reference in book.closed) and needs.needs_area and not invited:
        against.append(why.CLOSED_MARAC)
    if needs.own_part and owner not in (right.organisation_id, right.organisation_code):
        against.append(why.OTHER_OWNER)
    return against


_UNKNOWN_ACTION = Verdict(False, (why.UNKNOWN_ACTION,))
_UNKNOWN_RESOURCE = Verdict(False, (why.UNKNOWN_RESOURCE,))
_UNKNOWN_SUBJECT = Verdict(False, (why.UNKNOWN_SUBJECT,))
MALFORMED = Verdict(False, (why.MALFORMED,))
