"""Writing a letter, in the transaction of the change that causes it: both commit, or neither (GOV-5)."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Template
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing

from .models import Notice
from .queries import WAITS

LETTERS = Path(__file__).with_name("letters")


def write(
    ctx: Context,
    kind: str,
    *,
    to: str,
    person_id: UUID | None = None,
    once: str | None = None,
    useless_at: datetime | None = None,
    **words: str,
) -> Notice | None:
    """Write the letter of this kind to this address; `words` fill its gaps. None where `once` was told before.

    Raises KeyError for a gap without words: a letter is whole, or the change it belongs to does not happen.
    """
    if once is not None and ctx.session.scalar(select(Notice.id).where(Notice.once == once)) is not None:
        return None
    subject, body = _letter(kind)
    new_id = ctx.new_id()
    ring = ctx.the(KeyRing)
    said = json.dumps({"subject": subject.substitute(words), "body": body.substitute(words)}, ensure_ascii=False)
    notice = Notice(
        id=new_id,
        kind=kind,
        person_id=person_id,
        once=once,
        address=ring.seal(to.encode(), place=f"notices.address:{new_id}"),
        words=ring.seal(said.encode(), place=f"notices.words:{new_id}"),
        written_at=ctx.now(),
        due_at=ctx.now(),
        useless_at=useless_at,
        tries=0,
    )
    ctx.session.add(notice)
    return notice


def take_back(ctx: Context, *once: str) -> None:
    """What these letters tell of is no more: those that were not sent yet are of no use."""
    if once:
        ctx.session.execute(update(Notice).where(Notice.once.in_(once), WAITS).values(useless_at=ctx.now()))


def take_back_from(
    ctx: Context, person_ids: Collection[UUID], kinds: Collection[str], *, written_before: datetime | None = None
) -> None:
    """Letters of these kinds to these people that were not sent yet would only mislead by now (SIG-6)."""
    if person_ids:
        theirs: list[ColumnElement[bool]] = [Notice.person_id.in_(person_ids), Notice.kind.in_(kinds)]
        if written_before is not None:
            theirs.append(Notice.written_at < written_before)
        ctx.session.execute(update(Notice).where(*theirs, WAITS).values(useless_at=ctx.now()))


@cache
def _letter(kind: str) -> tuple[Template, Template]:
    """The first line is the subject, what follows after an empty line the body."""
    subject, _, body = (LETTERS / f"{kind}.txt").read_text().partition("\n\n")
    return Template(subject.strip()), Template(body.strip() + "\n")
