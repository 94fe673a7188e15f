"""What a rota does when a licence in it ends: its turns stay empty, and whoever can mend that is told (LIC-6)."""

from __future__ import annotations

from sqlalchemy import select

from audit.events import Event
from audit.record import when
from compliance.kernel.context import Context
from compliance.licences.events import LicenceDeactivated, LicenceRefused
from compliance.licences.models import Licence
from compliance.licences.rules import ENDED, EndReason

from .letters import turns_left_empty
from .models import Rota


def leave_its_turns_empty(ctx: Context, event: Event) -> None:
    """Nobody takes over by themselves: the seat rests in those turns until the timetable is changed.

    A withdrawal leaves nobody who could change it. A rota in which nobody is left ends with the next hand-over.
    """
    licence = ctx.session.get(Licence, event.subject)
    if licence is None or licence.rota_id is None or licence.end_reason == EndReason.WITHDRAWN:
        return
    others = select(Licence.id).where(
        Licence.rota_id == licence.rota_id, Licence.id != licence.id, Licence.status.not_in(ENDED)
    )
    rota = ctx.session.get(Rota, licence.rota_id)
    if rota is not None and rota.ended_at is None and ctx.session.scalar(select(others.exists())):
        turns_left_empty(ctx, rota, licence.id)


for _end in (LicenceDeactivated, LicenceRefused):
    when(_end)(leave_its_turns_empty)
