"""The lists of this room: manifests, and the register of certificates (RET-8)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true

from compliance.identity.queries import names_of
from compliance.kernel.context import Context
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import require
from policies.permissions import Permission

from .certificates import issued
from .chasing import late
from .models import DisposalItem, DisposalManifest
from .queries import seen
from .rules import ItemStatus, Status

MOST = 500

_IT, _ITEM = DisposalManifest, DisposalItem
_NUMBER = re.compile(r"(?:DM-)?(\d{4})-(\d{1,6})", re.IGNORECASE)
_CERTIFICATE = re.compile(r"\d{1,9}")
_OPEN = (Status.PROPOSED.value, Status.APPROVED.value, Status.INSTRUCTED.value)


class Which(StrEnum):
    """What the list of manifests is narrowed to."""

    OPEN = "open"
    PROPOSED = "proposed"
    APPROVED = "approved"
    INSTRUCTED = "instructed"
    LATE = "late"
    DONE = "done"
    CALLED_OFF = "called_off"
    ALL = "all"


SORTS = Sorts(
    _IT.id,
    {
        "proposed": By(_IT.proposed_at, datetime),
        "records": By(_IT.items, int),
        "instruct": By(_IT.instruct_from, date, nullable=True),
        "state": By(_IT.status),
    },
    usual="-proposed",
)
"""How manifests can be sorted; those that nobody agreed to yet have no day of their instruction, and come first."""

CERTIFICATE_SORTS = Sorts(
    _ITEM.id,
    {
        "certificate": By(_ITEM.certificate, int),
        "reference": By(_ITEM.reference),
        "rule": By(_ITEM.rule),
        "disposed": By(_ITEM.disposed_on, date),
        "method": By(_ITEM.method),
    },
    usual="-certificate",
)
"""How the register of certificates can be sorted."""


@dataclass(frozen=True)
class Listed:
    """A manifest in its list: how many of its records stand where, and who proposed it and agreed."""

    manifest: DisposalManifest
    counted: Mapping[str, int]
    names: Mapping[str, str]
    late: bool

    def number(self, status: ItemStatus) -> int:
        """How many of its records stand here."""
        return self.counted.get(status.value, 0)


@dataclass(frozen=True)
class Issued:
    """A certificate in its register, with its manifest."""

    item: DisposalItem
    manifest: DisposalManifest


def manifests(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """Manifests, the newest first; `search` takes the number of one, or looks in the references on them.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    require(ctx, Permission.RETENTION_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(_IT).where(seen(ctx), _which(ctx, which))
    if search and search.strip():
        wanted = wanted.where(_found(search.strip()))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return Page(tuple(_listed(ctx, page.rows)), page.after)


def certificates(
    ctx: Context,
    *,
    method: str | None = None,
    group: int | None = None,
    since: date | None = None,
    until: date | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Issued]:
    """The register of certificates, the newest first; `search` takes the number of one, or of a manifest, or looks in references.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    require(ctx, Permission.RETENTION_READ)
    check_limit(limit, MOST)
    sort = CERTIFICATE_SORTS.known(sort)
    place = CERTIFICATE_SORTS.read(after, sort)
    asked: list[ColumnElement[bool]] = [issued(ctx)]
    asked += [_ITEM.method == method] if method else []
    asked += [_ITEM.rule == f"RET-1/{group}"] if group else []
    asked += [_ITEM.disposed_on >= since] if since else []
    asked += [_ITEM.disposed_on <= until] if until else []
    if search and search.strip():
        asked.append(_certificate(search.strip()))
    wanted = select(_ITEM, _IT).join(_IT, _IT.id == _ITEM.manifest_id).where(*asked)
    page = CERTIFICATE_SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Issued(*row))


def _listed(ctx: Context, found: Sequence[DisposalManifest]) -> list[Listed]:
    """These with what stands on each: two statements, however many they are."""
    ids = [each.id for each in found]
    rows = ctx.session.execute(
        select(_ITEM.manifest_id, _ITEM.status, func.count(), func.count().filter(late(ctx)))
        .where(_ITEM.manifest_id.in_(ids))
        .group_by(_ITEM.manifest_id, _ITEM.status)
    ).all()
    counted: dict[UUID, dict[str, int]] = {}
    overdue: Counter[UUID] = Counter()
    for manifest_id, status, number, behind in rows:
        counted.setdefault(manifest_id, {})[status] = number
        overdue[manifest_id] += behind
    names = names_of(ctx, {who for each in found for who in (each.proposed_by, each.approved_by) if who})
    return [Listed(each, counted.get(each.id, {}), names, overdue[each.id] > 0) for each in found]


def _found(text: str) -> ColumnElement[bool]:
    number = _NUMBER.fullmatch(text)
    if number:
        return and_(_IT.year == int(number[1]), _IT.number == int(number[2]))
    return exists().where(_ITEM.manifest_id == _IT.id, _ITEM.reference.icontains(text, autoescape=True))


def _certificate(text: str) -> ColumnElement[bool]:
    named = _ITEM.reference.icontains(text, autoescape=True)
    number = _NUMBER.fullmatch(text)
    if number:
        return or_(named, and_(_IT.year == int(number[1]), _IT.number == int(number[2])))
    return or_(named, _ITEM.certificate == int(text)) if _CERTIFICATE.fullmatch(text) else named


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    if which is Which.ALL:
        return true()
    if which is Which.OPEN:
        return _IT.status.in_(_OPEN)
    if which is Which.LATE:
        return exists().where(_ITEM.manifest_id == _IT.id, late(ctx))
    return _IT.status == which.value
