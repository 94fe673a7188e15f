"""The decision itself (DEC-1): pure, values in, a verdict out; anything not known to be allowed is refused (DEC-3)."""

from __future__ import annotations

from . import reasons as why
from .book import Book, Opened, Right, Standing, Verdict
from .exceptions.rules import folded
from .reasons import Reason

OVERRIDDEN = frozenset({why.OTHER_AREA, why.NOT_INVITED, why.CLOSED_MARAC})
"""All that break-glass stands in for (DEC-5): ROL-2's area, LIC-7's invitation and OP 5.2's closed MARAC. The account, the
licence, the organisation's signatures, what the roles permit and whose part it is hold as ever (SIG-6, IDN)."""

_NO_CASE = ""
"""What no resource is called, nobody is invited to, and no licence is for."""


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
    named: str = "",
) -> Verdict:
    """May `subject` do `action` to this resource at `now` (seconds since 1970)? Raises Stale.

    `reference` is the case the resource belongs to, or the resource's own id, which is `named` besides; `owner` an
    organisation's id or code; `closed` what the case system says of the meeting, to which our own list of closed
    cases is added.

    A conflict of interest comes before everything the person is allowed, and is answered as a case that there is not
    (DEC-6). Break-glass comes last: it stands in for an area, an invitation or a place in a closed MARAC, and for
    nothing else (DEC-5).
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
    # The one right nearly everyone has, with nothing against it, is the path the case system waits on. Whoever is kept
    # from any case has none that is plain, and is looked at as below.
    right = standing.rights[0]
    if (
        right.plain
        and action in right.actions
        and not closed
        and reference not in book.closed
        and (area in right.areas or not needs.needs_area)
        and not needs.own_part
    ):
        return right.permit
    if standing.kept and needs.needs_area:
        conflict = standing.kept.get(folded(reference)) or standing.kept.get(folded(named))
        if conflict is not None:
            return Verdict(False, _of_no_case(book, now, standing, action), conflict=conflict)
    opened = _opened(book, standing, now, reference, area) if standing.opened else None
    by_glass: Right | None = None
    refused: tuple[Reason, ...] | None = None
    for right in standing.rights:
        failing = right.failing
        if right.licence_id:
            failing = (*failing, *_against(book, now, standing, right, action, reference, area, owner, closed))
        if not failing:
            return right.permit
        if opened is not None and by_glass is None and OVERRIDDEN.issuperset(failing):
            by_glass = right
        if refused is None or len(failing) < len(refused):
            refused = failing
    if by_glass is not None:
        return Verdict(True, (), by_glass, opened)
    return Verdict(False, refused or (why.NO_LICENCE,))


def _of_no_case(book: Book, now: float, standing: Standing, action: str) -> tuple[Reason, ...]:
    """Why this person is refused a case that there is not: nobody can say its area, its owner, or who is invited.

    Never empty: no right holds for a resource that names no area.
    """
    refusals = [
        (*right.failing, *_against(book, now, standing, right, action, _NO_CASE, None, None, closed=False))
        if right.licence_id
        else right.failing
        for right in standing.rights
    ]
    return min(refusals, key=len, default=(why.NO_LICENCE,))


def _opened(book: Book, standing: Standing, now: float, reference: str, area: str | None) -> Opened | None:
    """The break-glass by which this case is open to this person now, in the area it was granted for."""
    opened = standing.opened.get(reference)
    if opened is None or now >= opened.until:
        return None
    return opened if area in (opened.area, *book.policy.area_codes(opened.area)) else None


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
    if needs.needs_area and area not in book.policy.area_now:
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
