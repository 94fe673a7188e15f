"""What the hub holds for when the case system is down, and what is to be written into it afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_STANDS = sa.text("ended_at IS NULL")
_OPEN = sa.text("closed_at IS NULL")
_TABLES = ("outage_transcriptions", "outages", "outage_packs", "outage_holders", "outage_passphrases")
"""Each before what it points at."""


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "outage_passphrases",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_passphrases")),
        sa.UniqueConstraint("number", name=op.f("uq_outage_passphrases_number")),
    )
    op.create_table(
        "outage_holders",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.String(length=64), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outage_holders_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_holders")),
    )
    op.create_index(
        "uq_outage_holders_person_id_stands", "outage_holders", ["person_id"], unique=True,
        sqlite_where=_STANDS, postgresql_where=_STANDS,
    )  # fmt: skip
    op.create_table(
        "outage_packs",
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("passphrase", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("folders", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_packs")),
        sa.UniqueConstraint("made_at", name=op.f("uq_outage_packs_made_at")),
    )
    op.create_table(
        "outages",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_by", sa.String(length=64), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_outages_year_number")),
    )
    op.create_index("ix_outages_open", "outages", ["closed_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "outage_transcriptions",
        sa.Column("outage_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_outage_transcriptions_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name=op.f("fk_outage_transcriptions_outage_id_outages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_transcriptions")),
    )
    op.create_index(op.f("ix_outage_transcriptions_organisation_id"), "outage_transcriptions", ["organisation_id"])
    op.create_index(
        "ix_outage_transcriptions_outage_id_settled_at", "outage_transcriptions", ["outage_id", "settled_at"]
    )


def downgrade() -> None:
    """Take them away again, with all they hold."""
    for table in _TABLES:
        op.drop_table(table)
