"""What the service's own role may do in PostgreSQL: as much as it needs, and nothing to the log but add to it.

The owner of the tables migrates them; the service signs in as another role, so that whoever takes the service
over still cannot change an entry, empty a table or take a guard away (AUD-3).
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from compliance.kernel.db import Base
from policies import own
from policies.values import packaged

ADDED_TO = frozenset({"audit_entries", "rights_changes", "log_tiles", "log_checkpoints"})
"""Tables that only grow."""

TAKEN_AWAY = frozenset({"rota_turns"})
"""Tables from which people take rows away that no schedule speaks of."""


def forgotten() -> frozenset[str]:
    """Tables whose rows go again, because the schedule of our own records says so (RET-9)."""
    policy = packaged()
    followed = {table: policy.own_records[own.rule_of(policy.own_tables, table)] for table in policy.own_tables}
    gone = {table for table, rule in followed.items() if rule.keep == own.Keep.AFTER or rule.code == "refusals"}
    return frozenset(gone) | TAKEN_AWAY


class CannotGrant(Exception):
    """The rights cannot be given as asked; the words say why and what to do."""


def grant(connection: Connection, role: str) -> None:
    """Give the role exactly these rights on the tables that are there now; raises CannotGrant.

    Safe to repeat, and to be repeated after each migration: new tables belong to their owner alone.
    """
    if connection.dialect.name != "postgresql":
        raise CannotGrant("SQLite knows no roles: whoever can write the file can write all of it. Nothing was changed.")
    _look_at(connection, role)
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)

    connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {quoted}"))
    for table in sorted(Base.metadata.tables):
        connection.execute(text(f"GRANT {', '.join(_rights(table))} ON {table} TO {quoted}"))


def _rights(table: str) -> tuple[str, ...]:
    if table in ADDED_TO:
        return ("SELECT", "INSERT")
    if table in forgotten():
        return ("SELECT", "INSERT", "UPDATE", "DELETE")
    return ("SELECT", "INSERT", "UPDATE")


def _look_at(connection: Connection, role: str) -> None:
    """Rights mean nothing to a superuser or to the tables' owner, and a role that is not there can have none."""
    found = connection.execute(
        text("SELECT rolsuper FROM pg_roles WHERE rolname = :role"), {"role": role}
    ).one_or_none()
    if found is None:
        raise CannotGrant(f"There is no role {role}. As the database's owner: CREATE ROLE {role} LOGIN PASSWORD '…'.")
    owns = connection.execute(
        text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(:role, tableowner, 'MEMBER')"),
        {"role": role},
    ).scalar_one()
    if found.rolsuper or owns:
        raise CannotGrant(
            f"{role} owns the tables or is a superuser, so no right can be kept from it. Name another role."
        )
