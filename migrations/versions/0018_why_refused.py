"""For want of what a licence was refused: what was refused before is not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it."""
    op.add_column("licences", sa.Column("refused_for", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("licences", "refused_for")
