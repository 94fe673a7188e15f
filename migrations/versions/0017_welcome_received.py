"""That a new partner says its pack has arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a pack say who received it, and when."""
    op.add_column("welcome_packs", sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("welcome_packs", sa.Column("received_by", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("welcome_packs", "received_by")
    op.drop_column("welcome_packs", "received_at")
