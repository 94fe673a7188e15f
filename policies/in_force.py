"""The policy in force: what the files say, and over it every change that two people agreed on (IDN-9).

A change is a row. Each unit of work looks once which was the last, so that a change is in force in every
process for whatever begins after its commit; the values themselves are put together once a process and change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from audit.guard import PolicyVersion
from audit.models import Audited
from compliance.kernel.context import Follows
from compliance.kernel.db import Base

from .values import BrokenPolicy, Policy, in_kind


class PolicyChange(Audited, Base):
    """One value changed: by whom it was proposed and approved says `proposal_id`; rows are never changed again."""

    __tablename__ = "policy_changes"

    number: Mapped[int] = mapped_column(Integer, unique=True)
    name: Mapped[str] = mapped_column(String(64))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    proposal_id: Mapped[UUID]
    changed_at: Mapped[datetime]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        """Everybody's: how long a password lasts is part of every decision (DEC-4)."""
        return (("policy", self.id),)


_LAST = select(PolicyChange.id).order_by(PolicyChange.number.desc()).limit(1)
_ALL = select(PolicyChange.name, PolicyChange.after).order_by(PolicyChange.number)

last_change = _LAST.scalar_subquery()
"""Which change was the last, as a column for a statement that asks for something else anyway; see `Context.saw`."""

LAST_CHANGE = f"(SELECT id FROM {PolicyChange.__tablename__} ORDER BY number DESC LIMIT 1)"  # noqa: S608 - our own name
"""The same as a piece of SQL."""


@dataclass
class PolicyInForce:
    """Gives the policy as a connection sees it; raises BrokenPolicy where files and changes do not fit (DEC-3)."""

    files: Policy

    def __post_init__(self) -> None:
        self._known: tuple[UUID | None, Policy] = (None, self.files)

    def seen(self, connection: Connection) -> UUID | None:
        """Which change was the last; None for none."""
        return connection.execute(_LAST).scalar()

    def at(self, connection: Connection, seen: UUID | None) -> Policy:
        """The policy as that change left it."""
        known, policy = self._known
        if known != seen:
            policy = self._with(connection) if seen else self.files
            self._known = (seen, policy)
        return policy

    def _with(self, connection: Connection) -> Policy:
        summed = sha256(self.files.version.encode())
        changes: dict[str, Any] = {}
        for name, after in connection.execute(_ALL):
            summed.update(f"\0{name}\0{after}".encode())
            changes[name] = self._read(name, after)
        return self.files.with_changes(changes, summed.hexdigest()[:16])

    def _read(self, name: str, written: str) -> Any:
        """A value as a change says it; raises BrokenPolicy for what can be no value of this name."""
        try:
            value = in_kind(json.loads(written), self.files.kind_of(name)) if self.files.known(name) else None
        except ValueError:
            value = None
        if value is None:
            raise BrokenPolicy(f"a change of {name} holds what the policy has no place for")
        return value


VERSION_IN_FORCE = Follows(Policy, lambda policy: PolicyVersion(policy.version))
"""The same policy's version, as the log writes it."""
