"""The checkpoint as a letter: to a mailbox that nobody here can reach into, once a day (AUD-3, GOV-5)."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select

from audit.sealing import verifiers
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import House, worker
from compliance.notices.models import Notice
from compliance.notices.writing import write

from . import own, states
from .states import State

WRITER = worker("send-checkpoints")
OF_USE = timedelta(days=7)


def write_due(house: House, state: State) -> bool:
    """Write today's letter, unless it was written; whether it was. What the mailbox has is what was truly sent."""
    address = state.witness.removeprefix("mailto:")
    mark = f"checkpoint:{sha256(address.encode()).hexdigest()[:16]}"
    newest = own.since(house, 0)
    with house.work(WRITER) as ctx:
        last = ctx.session.scalar(
            select(Notice.sent_at)
            .where(Notice.once.startswith(f"{mark}:", autoescape=True), Notice.sent_at.is_not(None))
            .order_by(Notice.sent_at.desc())
            .limit(1)
        )
        letter = newest and write(
            ctx, "log_checkpoint", to=address, once=f"{mark}:{london_date(ctx.now())}", useless_at=ctx.now() + OF_USE,
            size=f"{newest.size:,}", day=said_day(london_date(ctx.now())), checkpoint=newest.note.strip(),
            keys="\n".join(str(one) for one in verifiers(house)), service=ctx.house.settings.base_url,
        )  # fmt: skip
    known = {"taken_at": last, "problem": None}
    states.put(house, state.witness, known | ({"size": newest.size} if letter and newest else {}))
    return letter is not None
