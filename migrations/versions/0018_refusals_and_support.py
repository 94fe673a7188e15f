"""For want of what a licence was refused, unknown of those before; and until which day somebody is a support contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for both."""
    op.add_column("licences", sa.Column("refused_for", sa.String(length=16), nullable=True))
    op.add_column("support_contacts", sa.Column("ends_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("support_contacts", "ends_on")
    op.drop_column("licences", "refused_for")
