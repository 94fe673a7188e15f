"""Letters to people about their own keys: who is told, and the words that every one of them has (GOV-5)."""

from __future__ import annotations

from datetime import datetime

from compliance.identity.models import Person
from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from compliance.notices.models import Notice
from compliance.notices.writing import write


def tell(
    ctx: Context,
    person: Person,
    kind: str,
    *,
    at: datetime | None = None,
    once: str | None = None,
    useless_at: datetime | None = None,
    **words: str,
) -> Notice | None:
    """Write this person the letter of this kind; its `$day` and `$clock` are of the instant `at`, or of now.

    None where `once` was told before.
    """
    instant = at or ctx.now()
    return write(
        ctx,
        kind,
        to=person.email,
        person_id=person.id,
        once=once,
        useless_at=useless_at,
        name=person.full_name,
        address=ctx.house.settings.base_url,
        day=said_day(london_date(instant)),
        clock=said_time(instant),
        **words,
    )
