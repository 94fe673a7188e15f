"""What changed in anybody's rights, in the order of commits, and who is told by webhook."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their tables."""


def downgrade() -> None:
    """Take them away again, with all they hold."""
