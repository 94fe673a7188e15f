"""How much there was of everything, month by month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "growth_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_growth_months_counted")),
        sa.PrimaryKeyConstraint("month", "what", name=op.f("pk_growth_months")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("growth_months")
