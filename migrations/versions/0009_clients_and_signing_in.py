"""The clients of the case system, and people signing in to it through us."""

from __future__ import annotations

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their tables."""


def downgrade() -> None:
    """Take them away again, with all they hold."""
