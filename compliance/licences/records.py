"""What one person brings to a licence, as it was recorded: each module of training, and the vetting (OP 6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, String, cast, literal, null, select, union_all

from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission

from .models import Training, Vetting

VETTING = "vetting"


@dataclass(frozen=True)
class Brought:
    """One record: a module or the vetting, its level or nothing, when it was done, and the last day on which it counts."""

    what: str
    level: str | None
    done_on: date | None
    valid_until: date | None

    def is_over(self, today: date) -> bool:
        return self.valid_until is not None and self.valid_until < today


def brought_by(ctx: Context, person_id: UUID, organisation_id: UUID | None) -> Sequence[Brought]:
    """Everything recorded of this person, for whoever may read the licences of their organisation (ROL-4)."""
    require(ctx, Permission.LICENCE_READ, organisation=organisation_id)
    trained = select(
        Training.module, cast(null(), String()).label("level"), Training.done_on, Training.valid_until
    ).where(Training.person_id == person_id)
    vetted = select(literal(VETTING), Vetting.level, cast(null(), Date()), Vetting.holds_until).where(
        Vetting.person_id == person_id
    )
    found: Iterable[Any] = ctx.session.execute(union_all(trained, vetted).order_by("module"))
    return [Brought(*row) for row in found]
