"""Breaches and their clocks, complaints between partners and about data, and organisations that do not take part."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = (
    "notification_stages",
    "breach_assessments",
    "incident_suspensions",
    "incident_steps",
    "incident_actions",
    "data_breaches",
    "incidents",
    "incident_drafts",
    "escalation_asks",
    "data_protection_progress",
    "complaint_stages",
    "complaint_sides",
    "complaint_reports",
    "complaint_discussions",
    "escalations",
    "data_protection_complaints",
    "complaints",
)
"""Each before what it points at."""


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "complaints",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("about_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("raised_by", sa.String(length=64), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("theme", sa.String(length=32), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=True),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("immediate_risk", sa.Boolean(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_organisation_id <> about_organisation_id", name=op.f("ck_complaints_two_sides")),
        sa.CheckConstraint("stage BETWEEN 1 AND 4", name=op.f("ck_complaints_stages")),
        sa.ForeignKeyConstraint(
            ["about_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_complaints_about_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["follows_id"], ["complaints.id"], name=op.f("fk_complaints_follows_id_complaints")),
        sa.ForeignKeyConstraint(
            ["from_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_complaints_from_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("follows_id", name=op.f("uq_complaints_follows_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_complaints_year_number")),
    )
    op.create_index(op.f("ix_complaints_about_organisation_id"), "complaints", ["about_organisation_id"], unique=False)
    op.create_index(op.f("ix_complaints_from_organisation_id"), "complaints", ["from_organisation_id"], unique=False)
    op.create_index(op.f("ix_complaints_raised_at"), "complaints", ["raised_at"], unique=False)
    op.create_index("ix_complaints_status_stage", "complaints", ["status", "stage"], unique=False)
    op.create_index(op.f("ix_complaints_theme"), "complaints", ["theme"], unique=False)
    op.create_table(
        "data_protection_complaints",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("acknowledge_by", sa.Date(), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_data_protection_complaints_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_protection_complaints")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_data_protection_complaints_year_number")),
    )
    op.create_index(
        op.f("ix_data_protection_complaints_organisation_id"),
        "data_protection_complaints",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_data_protection_complaints_status_acknowledge_by",
        "data_protection_complaints",
        ["status", "acknowledge_by"],
        unique=False,
    )
    op.create_table(
        "escalations",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("grounds", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_escalations_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_escalations_year_number")),
    )
    op.create_index(op.f("ix_escalations_organisation_id"), "escalations", ["organisation_id"], unique=False)
    op.create_index(
        "uq_escalations_organisation_id_about_open",
        "escalations",
        ["organisation_id", "about"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "complaint_discussions",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_discussions_complaint_id_complaints")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_complaint_discussions_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_discussions")),
    )
    op.create_index(
        op.f("ix_complaint_discussions_complaint_id"), "complaint_discussions", ["complaint_id"], unique=False
    )
    op.create_table(
        "complaint_reports",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("to_post", sa.String(length=200), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_reports_complaint_id_complaints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_reports")),
        sa.UniqueConstraint("complaint_id", "stage", name=op.f("uq_complaint_reports_complaint_id_stage")),
    )
    op.create_table(
        "complaint_sides",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("named_by", sa.String(length=64), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_sides_complaint_id_complaints")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_complaint_sides_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_complaint_sides_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_sides")),
        sa.UniqueConstraint(
            "complaint_id",
            "stage",
            "organisation_id",
            name=op.f("uq_complaint_sides_complaint_id_stage_organisation_id"),
        ),
    )
    op.create_index(op.f("ix_complaint_sides_person_id"), "complaint_sides", ["person_id"], unique=False)
    op.create_table(
        "complaint_stages",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("stage BETWEEN 1 AND 4", name=op.f("ck_complaint_stages_stages")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_stages_complaint_id_complaints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_stages")),
        sa.UniqueConstraint("complaint_id", "stage", name=op.f("uq_complaint_stages_complaint_id_stage")),
    )
    op.create_index(op.f("ix_complaint_stages_due_on"), "complaint_stages", ["due_on"], unique=False)
    op.create_table(
        "data_protection_progress",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("done_by", sa.String(length=64), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["data_protection_complaints.id"],
            name=op.f("fk_data_protection_progress_complaint_id_data_protection_complaints"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_protection_progress")),
    )
    op.create_index(
        op.f("ix_data_protection_progress_complaint_id"), "data_protection_progress", ["complaint_id"], unique=False
    )
    op.create_table(
        "escalation_asks",
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("of_whom", sa.String(length=200), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_escalation_asks_escalation_id_escalations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_asks")),
        sa.UniqueConstraint("escalation_id", "level", name=op.f("uq_escalation_asks_escalation_id_level")),
    )
    op.create_index(op.f("ix_escalation_asks_answer_by"), "escalation_asks", ["answer_by"], unique=False)
    op.create_table(
        "incident_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_incident_drafts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_drafts")),
    )
    op.create_index(op.f("ix_incident_drafts_person_id"), "incident_drafts", ["person_id"], unique=False)
    op.create_index(op.f("ix_incident_drafts_saved_at"), "incident_drafts", ["saved_at"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("flag_id", sa.Uuid(), nullable=True),
        sa.Column("reported_by", sa.String(length=64), nullable=False),
        sa.Column("reporting_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("conduct_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("conduct_reference", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conduct_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_incidents_conduct_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["access_flags.id"], name=op.f("fk_incidents_flag_id_access_flags")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_incidents_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["reporting_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_incidents_reporting_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("flag_id", name=op.f("uq_incidents_flag_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_incidents_year_number")),
    )
    op.create_index(op.f("ix_incidents_organisation_id"), "incidents", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_incidents_reported_at"), "incidents", ["reported_at"], unique=False)
    op.create_index(op.f("ix_incidents_reported_by"), "incidents", ["reported_by"], unique=False)
    op.create_index(
        op.f("ix_incidents_reporting_organisation_id"), "incidents", ["reporting_organisation_id"], unique=False
    )
    op.create_index("ix_incidents_status_due_on", "incidents", ["status", "due_on"], unique=False)
    op.create_table(
        "data_breaches",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tell_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decision_words", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_reason", sa.LargeBinary(), nullable=True),
        sa.Column("regulator_reference", sa.String(length=64), nullable=True),
        sa.Column("people_decision", sa.String(length=16), nullable=True),
        sa.Column("people_words", sa.LargeBinary(), nullable=True),
        sa.Column("people_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("partners_words", sa.LargeBinary(), nullable=True),
        sa.Column("partners_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_hours", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_data_breaches_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_breaches")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_data_breaches_incident_id")),
    )
    op.create_index("ix_data_breaches_tell_by", "data_breaches", ["tell_by"], unique=False)
    op.create_table(
        "incident_actions",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("owner_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_actions_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_incident_actions_owner_id_people")),
        sa.ForeignKeyConstraint(
            ["owner_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_incident_actions_owner_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_actions")),
    )
    op.create_index(op.f("ix_incident_actions_due_on"), "incident_actions", ["due_on"], unique=False)
    op.create_index(op.f("ix_incident_actions_incident_id"), "incident_actions", ["incident_id"], unique=False)
    op.create_index(op.f("ix_incident_actions_owner_id"), "incident_actions", ["owner_id"], unique=False)
    op.create_table(
        "incident_steps",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_steps_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_incident_steps_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_steps")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_incident_steps_incident_id_number")),
    )
    op.create_table(
        "incident_suspensions",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("suspended_by", sa.String(length=64), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=64), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_suspensions_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_incident_suspensions_licence_id_licences")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_suspensions")),
        sa.UniqueConstraint("incident_id", "licence_id", name=op.f("uq_incident_suspensions_incident_id_licence_id")),
    )
    op.create_index(op.f("ix_incident_suspensions_licence_id"), "incident_suspensions", ["licence_id"], unique=False)
    op.create_table(
        "breach_assessments",
        sa.Column("data_breach_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("risk", sa.String(length=16), nullable=False),
        sa.Column("categories", sa.String(length=255), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("records", sa.Integer(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("effects", sa.LargeBinary(), nullable=False),
        sa.Column("remedy", sa.LargeBinary(), nullable=False),
        sa.Column("assessed_by", sa.String(length=64), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_breach_id"], ["data_breaches.id"], name=op.f("fk_breach_assessments_data_breach_id_data_breaches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_assessments")),
        sa.UniqueConstraint("data_breach_id", "number", name=op.f("uq_breach_assessments_data_breach_id_number")),
    )
    op.create_table(
        "notification_stages",
        sa.Column("data_breach_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("assessment_number", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("more_to_follow", sa.Boolean(), nullable=False),
        sa.Column("told_by", sa.String(length=64), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_breach_id"], ["data_breaches.id"], name=op.f("fk_notification_stages_data_breach_id_data_breaches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_stages")),
        sa.UniqueConstraint("data_breach_id", "number", name=op.f("uq_notification_stages_data_breach_id_number")),
    )


def downgrade() -> None:
    """Take them away again, with all they hold."""
    for table in _TABLES:
        op.drop_table(table)
