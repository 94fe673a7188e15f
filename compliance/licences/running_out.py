"""What a licence stands on and will soon be over: vetting, training, or its own last day (LIC-7, LIC-10, LIC-13).

Its holder is told, and whoever at the organisation looks after licences: of each thing at each of the policy's days
once, and of several that were missed only the nearest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from audit.record import record
from compliance.identity.models import Person
from compliance.kernel.clock import end_of, london_date, said_day
from compliance.kernel.context import Context
from compliance.notices.writing import write
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.reminding.due import already_told
from signatories.reminding.recipients import Recipient, recipients
from signatories.reminding.rules import nearest

from . import queries
from .events import HolderWarned
from .models import Licence, Training, Vetting
from .rules import HOLDS_A_SEAT

ROLES = frozenset({"delegate"})
CONTACTS = frozenset({"delegate"})

_MEND_VETTING = "The organisation vets the person anew and tells the MARAC Hub Team, which records it."
_MEND_TRAINING = "Ask the MARAC Hub Team for it. The hub records it when it is done."


@dataclass(frozen=True)
class Ending:
    """One thing that runs out: the kind of letter, what it is, its last day, and the days left by the policy."""

    kind: str
    licence: Licence
    what: str
    mark: str
    last_day: date
    days: int

    def once(self, recipient: Recipient) -> str:
        """The name under which this is told once to this recipient; a thing with another last day is another thing."""
        return f"{self.kind}:{self.mark}:{self.last_day}:{self.days}:{recipient.mark}"


def due(ctx: Context) -> list[UUID]:
    """The licences of which somebody is to be told now, the nearest end first."""
    return list(dict.fromkeys(ending.licence.id for ending, _ in _untold(ctx)))


def warn(ctx: Context, licence_id: UUID) -> int:
    """Tell the holder and the delegates what of this licence runs out, each once: how many letters were written."""
    require(ctx, Permission.LICENCE_READ)
    queries.visible(ctx, licence_id)

    written = 0
    for ending, who in _untold(ctx, [licence_id]):
        for one in who:
            write(
                ctx,
                ending.kind,
                to=one.address,
                person_id=one.person_id,
                once=ending.once(one),
                useless_at=end_of(ending.last_day),
                name=one.name,
                what=_called(ctx, ending.what),
                who=ending.licence.person.full_name,
                organisation=ending.licence.organisation.name,
                mend=_MEND_VETTING if ending.what == "vetting" else _MEND_TRAINING,
                day=said_day(ending.last_day),
                address=f"{ctx.house.settings.base_url}/licences/{licence_id}",
            )
        written += len(who)
        record(
            ctx,
            HolderWarned(
                subject=licence_id, organisation=ending.licence.organisation_id, person=ending.licence.person_id,
                what=ending.what, days=ending.days, letters=len(who),
            ),
        )  # fmt: skip
    return written


def _untold(ctx: Context, licence_ids: Collection[UUID] | None = None) -> list[tuple[Ending, list[Recipient]]]:
    endings = sorted(_endings(ctx, licence_ids), key=lambda each: (each.last_day, each.licence.id))
    organisations = {each.licence.organisation_id for each in endings}
    delegates = recipients(ctx, organisations, roles=ROLES, contacts=CONTACTS) if endings else {}
    who = {each: _told_of(each.licence.person, delegates.get(each.licence.organisation_id, [])) for each in endings}
    told = already_told(ctx, [each.once(one) for each, some in who.items() for one in some])
    waiting = [(each, [one for one in some if each.once(one) not in told]) for each, some in who.items()]
    return [(each, some) for each, some in waiting if some]


def _told_of(holder: Person, delegates: list[Recipient]) -> list[Recipient]:
    own = [] if holder.closed_at else [Recipient(holder.id, holder.full_name, holder.email, holder.id)]
    return own + [one for one in delegates if one.address.casefold() != holder.email.casefold()]


def _endings(ctx: Context, licence_ids: Collection[UUID] | None) -> Iterator[Ending]:
    days = ctx.the(Policy).licences.runs_out_warn_days
    today = london_date(ctx.now())
    horizon = today + timedelta(days=max(days, default=0))
    modules = {*ctx.the(Policy).licences.required_training, *ctx.the(Policy).training}
    vetted = select(Vetting.person_id).where(Vetting.holds_until.between(today, horizon))
    trained = select(Training.person_id).where(
        Training.valid_until.between(today, horizon), Training.module.in_(modules)
    )
    wanted = select(Licence).where(
        Licence.status.in_(HOLDS_A_SEAT),
        or_(
            Licence.ends_on.between(today, horizon), Licence.person_id.in_(vetted), Licence.person_id.in_(trained)
        ),
    )  # fmt: skip
    if licence_ids is not None:
        wanted = wanted.where(Licence.id.in_(licence_ids))
    found = ctx.session.scalars(wanted.order_by(Licence.id)).unique().all()
    people = {licence.person_id for licence in found}
    vettings = {row.person_id: row for row in ctx.session.scalars(select(Vetting).where(Vetting.person_id.in_(people)))}
    trainings = list(ctx.session.scalars(select(Training).where(Training.person_id.in_(people))))
    needed = frozenset(ctx.the(Policy).licences.required_training)
    for licence in found:
        yield from _each(licence, "licence_ends", "licence", str(licence.id), licence.ends_on, today, days)
        vetting = vettings.get(licence.person_id)
        if vetting is not None:
            yield from _each(licence, "runs_out", "vetting", str(vetting.id), vetting.holds_until, today, days)
        for each in trainings:
            if each.person_id == licence.person_id and each.module in modules:
                yield from _each(
                    licence, "runs_out" if each.module in needed else "refresher_due", each.module, str(each.id),
                    each.valid_until, today, days,
                )  # fmt: skip


def _each(
    licence: Licence, kind: str, what: str, mark: str, last_day: date | None, today: date, warn_days: Collection[int]
) -> Iterator[Ending]:
    if last_day is None:
        return
    days = nearest((last_day - today).days, warn_days)
    if days is not None:
        yield Ending(kind, licence, what, mark, last_day, days)


def _called(ctx: Context, what: str) -> str:
    if what == "vetting":
        return "The vetting"
    known = ctx.the(Policy).training.get(what)
    return known.name if known else f"The module {what}"
