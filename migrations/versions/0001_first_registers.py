"""The first registers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from compliance.kernel.db import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
    op.execute(sa.text("INSERT INTO log_head (id, size, state_version) VALUES (1, 0, 0)"))


def downgrade() -> None:
    Base.metadata.drop_all(op.get_bind())
