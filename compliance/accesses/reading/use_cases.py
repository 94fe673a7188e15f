"""What people decide about how they read the log: why they do, and which searches they keep (AUD-1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select, update

from audit.record import record
from compliance.identity.models import Person, SignIn
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid
from policies.access import reach
from policies.permissions import Permission
from policies.values import Policy

from . import queries, rules
from .errors import PurposeNeeded, SearchNameTaken, TooManySearches
from .events import SearchDropped, SearchSaved
from .models import SavedSearch

FILTERS = frozenset(
    {"who", "organisation", "event", "outcome", "reference", "address", "since_at", "until_at"}
    | {f"{end}-{part}" for end in ("since", "until") for part in ("day", "month", "year")}
)
"""What a search of the log can ask, as its page's address has it."""

_NAME = 80
_LONGEST = 255


def say_purpose(ctx: Context, purpose: str, *, matter: str | None = None) -> None:
    """Say why one reads the log, for as long as this sign-in lasts or until one says otherwise (AUD-1).

    Each reading carries it; that it was said is no event of its own. Raises PurposeNeeded, MatterUnclear.
    """
    reach(ctx, Permission.AUDIT_READ)
    if ctx.origin.session_id is None:
        raise Forbidden()
    if purpose not in ctx.the(Policy).reading_purposes:
        raise PurposeNeeded.at("/purpose", "Choose why you read the log.")
    its_matter = rules.matter(matter)

    own = update(SignIn).where(SignIn.id == ctx.origin.session_id, SignIn.ended_at.is_(None))
    ctx.session.execute(own.values(reads_for=purpose, matter=its_matter).execution_options(synchronize_session=False))


def save_search(ctx: Context, name: str, asked: Mapping[str, str]) -> SavedSearch:
    """Keep a search under a name of one's own, to run it again; raises Invalid, SearchNameTaken, TooManySearches."""
    reach(ctx, Permission.AUDIT_READ)
    person_id = queries.oneself(ctx)
    called = text.line(name, pointer="/name", limit=_NAME)
    filters = {key: value.strip() for key, value in asked.items() if key in FILTERS and value.strip()}
    if not filters:
        raise Invalid.at("/name", "Search for something first, then keep the search.")
    if any(len(value) > _LONGEST for value in filters.values()):
        raise Invalid.at("/name", "This search is too long to be kept.")
    # Whoever keeps two searches at once keeps the second after the first, and is counted so.
    ctx.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    kept = select(func.count(), func.count().filter(SavedSearch.name == called))
    held, same = ctx.session.execute(kept.where(SavedSearch.person_id == person_id)).one()
    if same:
        raise SearchNameTaken()
    if held >= ctx.the(Policy).audit.saved_searches_most:
        raise TooManySearches()

    search = SavedSearch(
        id=ctx.new_id(),
        person_id=person_id,
        name=called,
        asked=json.dumps(filters, ensure_ascii=False, sort_keys=True),
        saved_at=ctx.now(),
    )
    ctx.session.add(search)

    record(ctx, SearchSaved(subject=search.id))
    return search


def drop_search(ctx: Context, search_id: UUID) -> None:
    """Delete a search that one keeps; raises NotFound, for anybody else's too."""
    search = queries.saved_search(ctx, search_id)

    ctx.session.delete(search)

    record(ctx, SearchDropped(subject=search_id))
