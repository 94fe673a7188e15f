"""Decisions to share, requests for re-use, disclosures, the confidentiality statement, and facts the case system counts."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their tables."""


def downgrade() -> None:
    """Take them away again, with all they hold."""
