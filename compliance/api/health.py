"""Whether the process lives, and whether it is fit to answer: for whoever watches the service. Nothing secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from audit.encoding import stands
from audit.models import COLUMNS, HEAD, AuditEntry, LogHead
from compliance.kernel.context import House, house
from compliance.kernel.jobs import last_beat
from compliance.witnesses import states
from compliance.witnesses.rules import CONTRADICTS
from compliance.witnesses.watch import Watch
from policies.values import BrokenPolicy, Policy

from .access import open_door
from .replies import Reply, present

health = Blueprint("health", __name__)

HEARTBEAT_SECONDS = 30
BACKWARDS = timedelta(seconds=5)
"""How far the clock may stand before the last entry: entries come from several machines."""

BEFORE_US = datetime(2026, 1, 1, tzinfo=UTC)
AFTER_US = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Check:
    """One line: `ok`, `failing`, or `late`, which is told and does not make us unfit; and what it means."""

    status: str
    says: str

    @property
    def fit(self) -> bool:
        return self.status != "failing"


@health.get("/live")
@open_door
def live() -> Reply:
    """The process answers."""
    return present({"status": "live"})


@health.get("/ready")
@open_door
def ready() -> Reply:
    """Fit to answer: 503 unless the store, its migrations, the policy, the log's head and the clock are all well."""
    found = checks(house())
    fit = all(check.fit for check in found.values())
    late = any(check.status == "late" for check in found.values())
    return present(
        {
            "status": ("degraded" if late else "ready") if fit else "not ready",
            "checks": {name: {"status": check.status, "says": check.says} for name, check in found.items()},
        },
        200 if fit else 503,
    )


def checks(here: House) -> dict[str, Check]:
    """Each check by its name, as it stands now."""
    try:
        with here.engine.connect() as connection:
            return {
                "store": Check("ok", "The store answers."),
                "migrations": _migrations(connection),
                "policy": _policy(connection, here),
                "log": _log(connection),
                "clock": _clock(connection, here),
                "scheduler": _scheduler(here),
                **_witnesses(connection, here),
            }
    except SQLAlchemyError:
        return {"store": Check("failing", "The store does not answer, or its tables are not there.")}


def _migrations(connection: Connection) -> Check:
    here = set(MigrationContext.configure(connection).get_current_heads())
    if here == _newest(current_app.extensions["migrate"].directory):
        return Check("ok", "The tables are as this version needs them.")
    return Check("failing", "The tables are of another version. Run `compliance db upgrade`.")


@cache
def _newest(directory: str) -> frozenset[str]:
    return frozenset(ScriptDirectory(directory).get_heads())


def _policy(connection: Connection, here: House) -> Check:
    """What the files say and what two people changed fit together (DEC-3)."""
    try:
        here.the(Policy, connection)
    except BrokenPolicy:
        return Check("failing", "The policy cannot be trusted. Run `compliance doctor`.")
    return Check("ok", "The policy stands on its floor.")


def _log(connection: Connection) -> Check:
    """The head counts every entry, and the last one is the bytes that its hash was made of (AUD-2)."""
    entries, head = AuditEntry.__table__, LogHead.__table__
    # One statement, so that nothing can be committed between the head and the entry.
    others = entries.alias("others")
    beyond = select(others.c.number).where(others.c.number >= head.c.size).correlate(head).exists()
    counted = (
        select(head.c.size, beyond.label("beyond"), *entries.c)
        .select_from(head.outerjoin(entries, entries.c.number == head.c.size - 1))
        .where(head.c.id == HEAD)
    )
    found = connection.execute(counted).mappings().one_or_none()
    if found is None:
        return Check("failing", "The log has no head.")
    if found["beyond"] or (found["size"] and found["number"] is None):
        return Check("failing", "The log's head and its last entry do not agree. Run `compliance audit verify`.")
    if found["size"] and not stands({name: found[name] for name in COLUMNS}):
        return Check("failing", "The last entry is not what was written. Run `compliance audit verify`.")
    return Check("ok", f"The head agrees with the last of {found['size']} entries.")


def _clock(connection: Connection, here: House) -> Check:
    """Time has not gone backwards since the last entry, and is no year that it cannot be."""
    now = here.clock.now()
    last = connection.execute(select(AuditEntry.at).order_by(AuditEntry.number.desc()).limit(1)).scalar()
    written = datetime.fromisoformat(last) if last else BEFORE_US
    if not BEFORE_US <= now < AFTER_US or now + BACKWARDS < written:
        return Check("failing", "The clock and the log's last entry do not agree. Set the machine's time.")
    return Check("ok", "The clock goes on from the log's last entry.")


def _witnesses(connection: Connection, here: House) -> dict[str, Check]:
    """Whether the log is the one its witnesses saw (AUD-3). One that cannot be reached is told, and stops nobody."""
    named = here.settings.witnesses
    if not named:
        return {}
    known = states.of(connection, named)
    if here.the(Watch).is_closed(here):
        found = Check("failing", "The log is not the one that its witnesses saw. Run `compliance doctor`.")
    elif any(state.problem in CONTRADICTS for state in known):
        found = Check("late", "A witness says that it saw another log. Run `compliance doctor`.")
    elif states.late(here, known):
        found = Check("late", "A witness has taken no checkpoint for long. Run `compliance doctor`.")
    else:
        found = Check("ok", "No witness contradicts the log, and none is late.")
    return {"witnesses": found}


def _scheduler(here: House) -> Check:
    beat = last_beat(here, "scheduler")
    if beat is None:
        return Check("late", "The scheduler has not run yet.")
    if beat + timedelta(seconds=HEARTBEAT_SECONDS) < here.clock.now():
        return Check("late", f"The scheduler was last heard more than {HEARTBEAT_SECONDS} seconds ago.")
    return Check("ok", f"The scheduler was heard within {HEARTBEAT_SECONDS} seconds.")
