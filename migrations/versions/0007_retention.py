"""Records and how long they are kept: events, reviews, holds, manifests of disposal and certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = (
    "disposal_items",
    "disposal_manifests",
    "retention_reviews",
    "retention_events",
    "retention_records",
    "retention_holds",
)
"""Each before what it points at."""


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "retention_holds",
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("reach", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("placed_by", sa.String(length=64), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=64), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_because", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_holds")),
    )
    op.create_index("ix_retention_holds_reach_value", "retention_holds", ["reach", "value"], unique=False)
    op.create_index(op.f("ix_retention_holds_review_on"), "retention_holds", ["review_on"], unique=False)
    op.create_table(
        "retention_records",
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("groups", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("born_on", sa.LargeBinary(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("last_relevant_on", sa.Date(), nullable=True),
        sa.Column("last_reviewed_on", sa.Date(), nullable=True),
        sa.Column("minimum_ends_on", sa.Date(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("sooner_on", sa.Date(), nullable=True),
        sa.Column("reckoned_by", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_retention_records_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_records")),
        sa.UniqueConstraint("reference", name=op.f("uq_retention_records_reference")),
    )
    op.create_index(
        "ix_retention_records_due",
        "retention_records",
        ["next_review_on", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'kept'"),
        postgresql_where=sa.text("status = 'kept'"),
    )
    op.create_index(
        op.f("ix_retention_records_minimum_ends_on"), "retention_records", ["minimum_ends_on"], unique=False
    )
    op.create_index(
        op.f("ix_retention_records_organisation_id"), "retention_records", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_retention_records_reckoned_by",
        "retention_records",
        ["reckoned_by", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'kept'"),
        postgresql_where=sa.text("status = 'kept'"),
    )
    op.create_index(op.f("ix_retention_records_subject"), "retention_records", ["subject"], unique=False)
    op.create_table(
        "retention_events",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["retention_records.id"], name=op.f("fk_retention_events_record_id_retention_records")
        ),
        sa.PrimaryKeyConstraint("record_id", "event_id", name=op.f("pk_retention_events")),
    )
    op.create_table(
        "retention_reviews",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("trigger", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("finish_by", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["retention_records.id"], name=op.f("fk_retention_reviews_record_id_retention_records")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_retention_reviews_reviewer_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_reviews")),
    )
    op.create_index(op.f("ix_retention_reviews_reviewer_id"), "retention_reviews", ["reviewer_id"], unique=False)
    op.create_index("ix_retention_reviews_status_due_on", "retention_reviews", ["status", "due_on", "id"], unique=False)
    op.create_index(
        "uq_retention_reviews_record_id_due_on",
        "retention_reviews",
        ["record_id", "due_on"],
        unique=True,
        sqlite_where=sa.text("kind = 'due'"),
        postgresql_where=sa.text("kind = 'due'"),
    )
    op.create_index(
        "uq_retention_reviews_record_id_open",
        "retention_reviews",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(op.f("ix_incidents_reference"), "incidents", ["reference"], unique=False)
    op.create_index(op.f("ix_complaints_reference"), "complaints", ["reference"], unique=False)
    op.create_table(
        "disposal_manifests",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("instruct_from", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_disposal_manifests_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_manifests")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_disposal_manifests_year_number")),
    )
    op.create_index(op.f("ix_disposal_manifests_status"), "disposal_manifests", ["status"], unique=False)
    op.create_table(
        "disposal_items",
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("groups", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("minimum_ended_on", sa.Date(), nullable=True),
        sa.Column("facts", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("left_out", sa.String(length=32), nullable=True),
        sa.Column("instructed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chased_on", sa.Date(), nullable=True),
        sa.Column("escalated_on", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("certificate", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(length=32), nullable=True),
        sa.Column("disposed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["disposal_manifests.id"], name=op.f("fk_disposal_items_manifest_id_disposal_manifests")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["retention_records.id"], name=op.f("fk_disposal_items_record_id_retention_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_items")),
        sa.UniqueConstraint("certificate", name=op.f("uq_disposal_items_certificate")),
        sa.UniqueConstraint("manifest_id", "record_id", name=op.f("uq_disposal_items_manifest_id_record_id")),
    )
    op.create_index(
        "ix_disposal_items_status_instructed_at", "disposal_items", ["status", "instructed_at"], unique=False
    )
    op.create_index(
        "uq_disposal_items_record_id_live",
        "disposal_items",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('frozen', 'instructed')"),
        postgresql_where=sa.text("status IN ('frozen', 'instructed')"),
    )


def downgrade() -> None:
    """Take them away again, with all they hold."""
    for table in ("complaints", "incidents"):
        op.drop_index(op.f(f"ix_{table}_reference"), table)
    for table in _TABLES:
        op.drop_table(table)
