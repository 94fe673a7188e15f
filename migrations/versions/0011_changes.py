"""What changed in anybody's rights, in the order of commits, and who is told by webhook."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_LIVE = sa.text("ended_at IS NULL")
_ASKED = sa.text("asked_at IS NOT NULL")
_TABLES = ("webhook_deliveries", "webhook_progress", "webhook_secrets", "webhook_endpoints", "time_marks")
"""Each before what it points at."""


def upgrade() -> None:
    """Make their tables, and say of each change of a right by which entry it is told."""
    _say_which_entry()
    op.create_table(
        "time_marks",
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_time_marks")),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("types", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("agreed_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index(
        "uq_webhook_endpoints_url_live", "webhook_endpoints", ["url"], unique=True,
        sqlite_where=_LIVE, postgresql_where=_LIVE,
    )  # fmt: skip
    op.create_table(
        "webhook_secrets",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _of_an_endpoint("webhook_secrets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secrets")),
    )
    op.create_index(op.f("ix_webhook_secrets_endpoint_id"), "webhook_secrets", ["endpoint_id"])
    op.create_table(
        "webhook_progress",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=32), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_webhook_progress_tries")),
        _of_an_endpoint("webhook_progress"),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_webhook_progress")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=32), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        _of_an_endpoint("webhook_deliveries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index("ix_webhook_deliveries_newest", "webhook_deliveries", ["endpoint_id", "last_at", "id"])
    op.create_index(
        "uq_webhook_deliveries_place", "webhook_deliveries", ["endpoint_id", "entry", "kind", "subject_id"], unique=True
    )
    op.create_index(
        "ix_webhook_deliveries_asked", "webhook_deliveries", ["endpoint_id", "asked_at"],
        sqlite_where=_ASKED, postgresql_where=_ASKED,
    )  # fmt: skip


def downgrade() -> None:
    """Take them away again, with all they hold."""
    for table in _TABLES:
        op.drop_table(table)
    op.rename_table("rights_changes", "rights_changes_told")
    _whose_rights()
    op.execute(
        "INSERT INTO rights_changes (state_version, kind, subject_id)"
        " SELECT DISTINCT state_version, kind, subject_id FROM rights_changes_told"
    )
    op.drop_table("rights_changes_told")


def _say_which_entry() -> None:
    """Of what was written so far the first entry of its state is named: the change that made the state wrote it."""
    op.rename_table("rights_changes", "rights_changes_untold")
    _whose_rights(sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False))
    op.execute(
        "INSERT INTO rights_changes (state_version, kind, subject_id, entry)"
        " SELECT c.state_version, c.kind, c.subject_id, COALESCE(e.number, -1 - c.state_version) FROM rights_changes_untold c LEFT JOIN"
        " (SELECT state_version, MIN(number) AS number FROM audit_entries GROUP BY state_version) e"
        " ON e.state_version = c.state_version"
    )
    op.drop_table("rights_changes_untold")
    op.create_index("ix_rights_changes_entry", "rights_changes", ["entry", "kind", "subject_id"], unique=True)
    _keep()


def _keep() -> None:
    """Nothing that the feed has handed out is ever changed or taken out of it again, by whomever."""
    table = "rights_changes"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for name, act in {"rewritten": "UPDATE", "deleted": "DELETE"}.items():
        op.execute(
            f"CREATE TRIGGER {table}_not_{name} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is kept as it was written'); END"
        )


def _whose_rights(*entry: sa.Column[int]) -> None:
    names = ("state_version", "kind", "subject_id", *(column.name for column in entry))
    if op.get_bind().dialect.name == "postgresql":
        # The constraint of the table that is on its way out still has the name.
        op.execute("ALTER INDEX pk_rights_changes RENAME TO pk_rights_changes_before")
    op.create_table(
        "rights_changes",
        sa.Column("state_version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        *entry,
        sa.PrimaryKeyConstraint(*names, name=op.f("pk_rights_changes")),
    )


def _of_an_endpoint(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["endpoint_id"], ["webhook_endpoints.id"], name=op.f(f"fk_{table}_endpoint_id_webhook_endpoints")
    )
