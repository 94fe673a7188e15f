"""Decisions to share, requests for re-use, disclosures, the confidentiality statement, and facts the case system counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = (
    "facts_told",
    "facts",
    "statement_acknowledgements",
    "statement_versions",
    "disclosures",
    "reuse_requests",
    "sharing_decisions",
)
"""Each before what it points at."""


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "sharing_decisions",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("with_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_sharing_decisions_decided_by_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_sharing_decisions_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["with_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_sharing_decisions_with_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_decisions")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_sharing_decisions_year_number")),
    )
    op.create_index(op.f("ix_sharing_decisions_decided_at"), "sharing_decisions", ["decided_at"], unique=False)
    op.create_index(op.f("ix_sharing_decisions_decided_by"), "sharing_decisions", ["decided_by"], unique=False)
    op.create_index(
        "ix_sharing_decisions_organisation_id_decided_at",
        "sharing_decisions",
        ["organisation_id", "decided_at"],
        unique=False,
    )
    op.create_index(op.f("ix_sharing_decisions_reference"), "sharing_decisions", ["reference"], unique=False)
    op.create_table(
        "reuse_requests",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("asking_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("override", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.String(length=64), nullable=True),
        sa.Column("refusal", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("asking_organisation_id <> supplier_id", name=op.f("ck_reuse_requests_two_organisations")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_reuse_requests_asked_by_people")),
        sa.ForeignKeyConstraint(
            ["asking_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_reuse_requests_asking_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisations.id"], name=op.f("fk_reuse_requests_supplier_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reuse_requests")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_reuse_requests_year_number")),
    )
    op.create_index(op.f("ix_reuse_requests_asked_at"), "reuse_requests", ["asked_at"], unique=False)
    op.create_index(op.f("ix_reuse_requests_asked_by"), "reuse_requests", ["asked_by"], unique=False)
    op.create_index(
        op.f("ix_reuse_requests_asking_organisation_id"), "reuse_requests", ["asking_organisation_id"], unique=False
    )
    op.create_index("ix_reuse_requests_reference_status", "reuse_requests", ["reference", "status"], unique=False)
    op.create_index("ix_reuse_requests_status_answer_by", "reuse_requests", ["status", "answer_by"], unique=False)
    op.create_index(op.f("ix_reuse_requests_supplier_id"), "reuse_requests", ["supplier_id"], unique=False)
    op.create_table(
        "disclosures",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("body", sa.String(length=32), nullable=False),
        sa.Column("material", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_disclosures_asked_by_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_disclosures_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_disclosures_year_number")),
    )
    op.create_index(op.f("ix_disclosures_asked_at"), "disclosures", ["asked_at"], unique=False)
    op.create_index(op.f("ix_disclosures_asked_by"), "disclosures", ["asked_by"], unique=False)
    op.create_index(op.f("ix_disclosures_organisation_id"), "disclosures", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_disclosures_reference"), "disclosures", ["reference"], unique=False)
    op.create_index("ix_disclosures_status_answer_by", "disclosures", ["status", "answer_by"], unique=False)
    op.create_table(
        "statement_versions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_statement_versions_number")),
    )
    op.create_table(
        "statement_acknowledgements",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_statement_acknowledgements_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_statement_acknowledgements_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["statement_versions.id"],
            name=op.f("fk_statement_acknowledgements_version_id_statement_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_acknowledgements")),
        sa.UniqueConstraint("version_id", "person_id", name=op.f("uq_statement_acknowledgements_version_id_person_id")),
    )
    op.create_index(
        op.f("ix_statement_acknowledgements_organisation_id"),
        "statement_acknowledgements",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_statement_acknowledgements_person_id"), "statement_acknowledgements", ["person_id"], unique=False
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("counter", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(length=64), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_facts_counted")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_facts_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sa.UniqueConstraint(
            "organisation_id",
            "area",
            "month",
            "reference",
            "counter",
            name=op.f("uq_facts_organisation_id_area_month_reference_counter"),
        ),
    )
    op.create_index("ix_facts_month_counter", "facts", ["month", "counter"], unique=False)
    op.create_table(
        "facts_told",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(length=64), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["facts.id"], name=op.f("fk_facts_told_fact_id_facts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts_told")),
    )
    op.create_index("ix_facts_told_fact_id_told_at", "facts_told", ["fact_id", "told_at"], unique=False)


def downgrade() -> None:
    """Take them away again, with all they hold."""
    for table in _TABLES:
        op.drop_table(table)
