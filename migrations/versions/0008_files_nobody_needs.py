"""A file that was received may go once nothing refers to it; while anything does, the store keeps it as it was (RET-9, SIG-2)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = "id, file_name, media_type, size, sha256, content, received_at"
_SAYS = "uploads is kept as it was written"
_NEEDED = " OR ".join(
    f"EXISTS (SELECT 1 FROM {table} WHERE {column} = OLD.id)"  # noqa: S608 - names of ours
    for table, column in (
        ("instrument_versions", "upload_id"),
        ("policy_documents", "upload_id"),
        ("signatures", "scan_id"),
        ("withdrawals", "letter_id"),
    )
)


def upgrade() -> None:
    """Let a file go that nothing refers to; nothing else of the guard changes."""
    if op.get_bind().dialect.name != "postgresql":
        op.execute(sa.text("DROP TRIGGER uploads_not_deleted"))
        op.execute(
            sa.text(
                f"CREATE TRIGGER uploads_not_deleted BEFORE DELETE ON uploads WHEN {_NEEDED} "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
        )
        return
    op.execute(sa.text("DROP TRIGGER uploads_kept ON uploads"))
    _keep(f"UPDATE OF {_COLUMNS} OR TRUNCATE")
    op.execute(
        sa.text(
            "CREATE FUNCTION refuse_deleting_needed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_NEEDED} THEN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation'; END IF; "
            "RETURN OLD; END $$"
        )
    )
    op.execute(
        sa.text(
            "CREATE TRIGGER uploads_needed_kept BEFORE DELETE ON uploads "
            "FOR EACH ROW EXECUTE FUNCTION refuse_deleting_needed()"
        )
    )


def downgrade() -> None:
    """Keep every file again, whoever refers to it."""
    if op.get_bind().dialect.name != "postgresql":
        op.execute(sa.text("DROP TRIGGER uploads_not_deleted"))
        op.execute(
            sa.text(
                f"CREATE TRIGGER uploads_not_deleted BEFORE DELETE ON uploads BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
        )
        return
    op.execute(sa.text("DROP TRIGGER uploads_needed_kept ON uploads"))
    op.execute(sa.text("DROP FUNCTION refuse_deleting_needed()"))
    op.execute(sa.text("DROP TRIGGER uploads_kept ON uploads"))
    _keep(f"UPDATE OF {_COLUMNS} OR DELETE OR TRUNCATE")


def _keep(acts: str) -> None:
    op.execute(
        sa.text(
            f"CREATE TRIGGER uploads_kept BEFORE {acts} ON uploads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    )
