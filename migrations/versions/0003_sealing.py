"""Sealing: the tiles of the log's tree, how far it is sealed, and the checkpoints that are kept for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEPT = {"log_tiles": "level = NEW.level AND place = NEW.place", "log_checkpoints": "size = NEW.size"}
"""What is only ever added to: for each table, when a row is there already."""


def upgrade() -> None:
    """Make the tables; nothing is sealed yet, and what the log holds is sealed by the first who seals."""
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_log_tiles")),
    )
    op.create_table(
        "log_seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("edge", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_seal")),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_seal_single")),
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoints")),
    )
    seal = sa.table("log_seal", *map(sa.column, ("id", "size", "edge", "note", "sealed_at")))
    op.execute(seal.insert().values(id=1, size=0, edge=sa.literal(b"", sa.LargeBinary()), note="", sealed_at=""))
    for table, there in _KEPT.items():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                )
            )
        else:
            _guard_in_sqlite(table, there)


def downgrade() -> None:
    """Take the seal away again; the log itself stays."""
    for table in ("log_checkpoints", "log_seal", "log_tiles"):
        op.drop_table(table)


def _guard_in_sqlite(table: str, there: str) -> None:
    refused = {
        "rewritten": f"BEFORE UPDATE ON {table}",
        "deleted": f"BEFORE DELETE ON {table}",
        "replaced": f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {there})",  # noqa: S608 - names of ours
    }
    for name, act in refused.items():
        op.execute(
            sa.text(
                f"CREATE TRIGGER {table}_not_{name} {act} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is kept as it was written'); END"
            )
        )
