"""Looking at where changes are sent: the addresses, how far each has come, and what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from compliance.changes import feed
from compliance.changes.feed import Place
from compliance.kernel.context import Context
from compliance.kernel.finding import the_one
from compliance.kernel.keyset import By, Page, Sorts
from compliance.kernel.secrets import KeyRing
from compliance.kernel.tables import Table, moment

from .models import WebhookDelivery, WebhookEndpoint, WebhookProgress, WebhookSecret

MOST = 500
COUNTED = 10_000
"""Up to how many changes are counted that an address has still to take."""

SHOWN = 50


class State(StrEnum):
    """How an address fares."""

    FAILING = "failing"
    UNSIGNED = "unsigned"
    WELL = "well"
    ENDED = "ended"


def _signs(now: datetime) -> ColumnElement[bool]:
    return or_(WebhookSecret.until.is_(None), WebhookSecret.until > now)


_HAS_SECRET = select(WebhookSecret.id).where(WebhookSecret.endpoint_id == WebhookEndpoint.id).exists()

_STATE: ColumnElement[str] = case(
    (WebhookEndpoint.ended_at.is_not(None), State.ENDED.value),
    (~_HAS_SECRET, State.UNSIGNED.value),
    (WebhookProgress.failing_since.is_not(None), State.FAILING.value),
    else_=State.WELL.value,
)

SORTS = Sorts(
    WebhookEndpoint.id,
    {
        "name": By(func.lower(WebhookEndpoint.name)),
        "made": By(WebhookEndpoint.made_at, datetime),
        "taken": By(WebhookProgress.taken_at, datetime, nullable=True),
        "state": By(_STATE),
    },
    usual="name",
)

DELIVERY_SORTS = Sorts(
    WebhookDelivery.id,
    {"last": By(WebhookDelivery.last_at, datetime), "type": By(WebhookDelivery.type)},
    usual="-last",
)


@dataclass(frozen=True)
class Listed:
    """An address in a list, with how it fares."""

    endpoint: WebhookEndpoint
    state: State


def endpoint(ctx: Context, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    """One address; raises NotFound."""
    wanted = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    found = the_one(ctx, wanted)
    if lock:
        ctx.session.refresh(found, with_for_update={"of": WebhookEndpoint})
    return found


def endpoints(
    ctx: Context,
    *,
    search: str | None = None,
    state: State | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = SHOWN,
) -> Page[Listed]:
    """The addresses, by name where nothing is said; `search` looks in name and address."""
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(WebhookEndpoint, _STATE).join(WebhookProgress, WebhookProgress.endpoint_id == WebhookEndpoint.id)
    if search and search.strip():
        looked = search.strip()
        wanted = wanted.where(
            or_(
                WebhookEndpoint.name.icontains(looked, autoescape=True),
                WebhookEndpoint.url.icontains(looked, autoescape=True),
            )
        )
    if state is not None:
        wanted = wanted.where(_STATE.in_((state.value,)))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))
    return page.each(lambda row: Listed(row[0], State(row[1])))


def state_of(ctx: Context, one: WebhookEndpoint) -> State:
    """How this address fares."""
    if one.ended_at is not None:
        return State.ENDED
    if not secrets_of(ctx, one.id):
        return State.UNSIGNED
    return State.FAILING if one.progress.failing_since is not None else State.WELL


def deliveries(
    ctx: Context,
    endpoint_id: UUID,
    *,
    kind: str | None = None,
    failed: bool = False,
    sort: str | None = None,
    after: str | None = None,
    limit: int = SHOWN,
) -> Page[WebhookDelivery]:
    """What was sent to an address, the newest first; those of a type, or those not taken."""
    sort = DELIVERY_SORTS.known(sort)
    place = DELIVERY_SORTS.read(after, sort)
    wanted = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if kind:
        wanted = wanted.where(WebhookDelivery.type.startswith(kind, autoescape=True))
    if failed:
        wanted = wanted.where(WebhookDelivery.taken_at.is_(None))
    return DELIVERY_SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))


def delivery(ctx: Context, endpoint_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """One message that was sent to this address; raises NotFound."""
    wanted = select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == endpoint_id
    )
    return the_one(ctx, wanted)


def secrets_of(ctx: Context, endpoint_id: UUID) -> Sequence[WebhookSecret]:
    """The secrets that sign for it now, the newest first."""
    wanted = select(WebhookSecret).where(WebhookSecret.endpoint_id == endpoint_id, _signs(ctx.now()))
    return ctx.session.scalars(wanted.order_by(WebhookSecret.made_at.desc(), WebhookSecret.id.desc())).all()


def opened(ctx: Context, secret: WebhookSecret) -> bytes:
    """The bytes of a secret; raises Unreadable."""
    return ctx.the(KeyRing).open(secret.secret, place=f"webhook_secrets.secret:{secret.id}")


def place_of(progress: WebhookProgress) -> Place:
    """How far an address has come."""
    return Place(progress.entry, progress.kind, progress.subject_id)


def waiting(ctx: Context, one: WebhookEndpoint) -> int:
    """How many changes stand before it, wanted or not, up to `COUNTED`."""
    return feed.behind(ctx, place_of(one.progress), most=COUNTED)


def live(ctx: Context) -> int:
    """To how many addresses changes are sent."""
    wanted = select(func.count()).select_from(WebhookEndpoint).where(WebhookEndpoint.ended_at.is_(None))
    return ctx.session.execute(wanted).scalar_one()


def known(ctx: Context, url: str) -> bool:
    """Whether changes are sent to this address."""
    wanted = select(WebhookEndpoint.id).where(WebhookEndpoint.url == url, WebhookEndpoint.ended_at.is_(None))
    return ctx.session.scalar(wanted) is not None


@dataclass(frozen=True)
class Failing:
    """An address that takes nothing: since when, and what is wrong."""

    id: UUID
    name: str
    since: datetime | None
    problem: str | None


def counting(_ctx: Context) -> Select[int, datetime | None]:
    """How many take nothing, and since when the first of them."""
    return (
        select(func.count(), func.min(WebhookProgress.failing_since))
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookProgress.endpoint_id)
        .where(WebhookEndpoint.ended_at.is_(None), WebhookProgress.failing_since.is_not(None))
    )


def failing(ctx: Context) -> list[Failing]:
    """Those that take nothing, the longest first."""
    wanted = (
        select(WebhookEndpoint.id, WebhookEndpoint.name, WebhookProgress.failing_since, WebhookProgress.problem)
        .join(WebhookProgress, WebhookProgress.endpoint_id == WebhookEndpoint.id)
        .where(and_(WebhookEndpoint.ended_at.is_(None), WebhookProgress.failing_since.is_not(None)))
        .order_by(WebhookProgress.failing_since)
    )
    return [Failing(*row) for row in ctx.session.execute(wanted)]


def as_table(ctx: Context, rows: Sequence[Listed], names: dict[str, str], *, most: int | None = None) -> Table:
    """One line for each address."""
    lines = [
        (
            row.endpoint.name,
            row.endpoint.url,
            " ".join(row.endpoint.wanted) or "all",
            row.state.value,
            row.endpoint.progress.problem or "",
            moment(row.endpoint.progress.failing_since),
            moment(row.endpoint.progress.taken_at),
            moment(row.endpoint.made_at),
            names.get(row.endpoint.made_by, ""),
            names.get(row.endpoint.agreed_by, ""),
            moment(row.endpoint.ended_at),
        )
        for row in rows
    ]
    columns = (
        "Name", "Address", "Types", "State", "What is wrong", "Since", "Last taken", "Made", "Asked by", "Agreed by",
        "Turned off",
    )  # fmt: skip
    address = f"{ctx.house.settings.base_url}/webhooks"
    return Table("Where changes of rights are sent", "webhooks", ctx.now(), columns, lines, address, most, "Webhooks")
