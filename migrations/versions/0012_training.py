"""What people learned, in which version, and what a new partner was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let training say its version, and make the table of packs."""
    op.add_column("training", sa.Column("version", sa.String(length=16), nullable=True))
    op.create_table(
        "welcome_packs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_welcome_packs_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome_packs")),
        sa.UniqueConstraint("organisation_id", "given_on", name=op.f("uq_welcome_packs_organisation_id_given_on")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("welcome_packs")
    op.drop_column("training", "version")
