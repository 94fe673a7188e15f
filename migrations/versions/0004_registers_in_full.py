"""The registers in full: corrections and challenges, reviews, announced withdrawals, waiting list, rotas, quarterly use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


_LIVE = sa.text("ended_at IS NULL AND superseded_at IS NULL")
_NOT_ENDED = sa.text("ended_at IS NULL")
_ONE_LIVE = "uq_signatures_organisation_id_version_id_live"


def upgrade() -> None:
    """Make the new tables, and let entries of the register be corrected by later ones and withdrawals be announced."""
    op.create_table(
        "challenges",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("entry_kind", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.String(length=64), nullable=False),
        sa.Column("raised_for_id", sa.Uuid(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("corrected_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_challenges_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["raised_for_id"], ["organisations.id"], name=op.f("fk_challenges_raised_for_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
    )
    op.create_index(op.f("ix_notices_written_at"), "notices", ["written_at"], unique=False)
    op.create_index(op.f("ix_challenges_organisation_id"), "challenges", ["organisation_id"], unique=False)
    op.create_index(
        "uq_challenges_entry_id_open",
        "challenges",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )

    op.create_table(
        "instrument_reviews",
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=False),
        sa.Column("fit_for_purpose", sa.Boolean(), nullable=False),
        sa.Column("issues", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_instrument_reviews_instrument_id_instruments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_reviews")),
        sa.UniqueConstraint("instrument_id", "due_on", name=op.f("uq_instrument_reviews_instrument_id_due_on")),
    )
    op.create_table(
        "rotas",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turns_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_rotas_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotas")),
    )
    op.create_index(op.f("ix_rotas_organisation_id"), "rotas", ["organisation_id"], unique=False)

    op.create_table(
        "rota_turns",
        sa.Column("rota_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name=op.f("ck_rota_turns_minutes")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_rota_turns_weekday")),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_rota_turns_licence_id_licences")),
        sa.ForeignKeyConstraint(["rota_id"], ["rotas.id"], name=op.f("fk_rota_turns_rota_id_rotas")),
        sa.PrimaryKeyConstraint("rota_id", "weekday", "begins", name=op.f("pk_rota_turns")),
    )
    op.create_index(op.f("ix_rota_turns_licence_id"), "rota_turns", ["licence_id"], unique=False)

    op.create_table(
        "seat_offers",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(length=64), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_seat_offers_licence_id_licences")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_seat_offers_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_offers")),
    )
    op.create_index(
        "uq_seat_offers_licence_id_open",
        "seat_offers",
        ["licence_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )

    op.create_table(
        "use_exemptions",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("granted_by", sa.String(length=64), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_use_exemptions_licence_id_licences")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_exemptions")),
    )
    op.create_index(op.f("ix_use_exemptions_licence_id"), "use_exemptions", ["licence_id"], unique=False)

    op.create_table(
        "use_verdicts",
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_use_verdicts_licence_id_licences")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_use_verdicts_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_verdicts")),
        sa.UniqueConstraint("quarter", "licence_id", name=op.f("uq_use_verdicts_quarter_licence_id")),
    )
    op.create_index(op.f("ix_use_verdicts_licence_id"), "use_verdicts", ["licence_id"], unique=False)
    op.create_index(op.f("ix_use_verdicts_organisation_id"), "use_verdicts", ["organisation_id"], unique=False)

    op.create_table(
        "use_warnings",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_use_warnings_licence_id_licences")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_warnings")),
        sa.UniqueConstraint("licence_id", "quarter", name=op.f("uq_use_warnings_licence_id_quarter")),
    )
    op.create_table(
        "waiting_places",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_by", sa.String(length=64), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_for", sa.String(length=16), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_waiting_places_licence_id_licences")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_waiting_places_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_places")),
    )
    op.create_index(
        "uq_waiting_places_licence_id_live",
        "waiting_places",
        ["licence_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )

    op.create_table(
        "withdrawal_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("instruments", sa.String(length=64), nullable=False),
        sa.Column("letter_name", sa.String(length=200), nullable=False),
        sa.Column("letter", sa.LargeBinary(), nullable=False),
        sa.Column("letter_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=200), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_withdrawal_drafts_person_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_withdrawal_drafts_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_drafts")),
        sa.UniqueConstraint(
            "session_id", "organisation_id", name=op.f("uq_withdrawal_drafts_session_id_organisation_id")
        ),
    )
    op.create_index(op.f("ix_withdrawal_drafts_made_at"), "withdrawal_drafts", ["made_at"], unique=False)

    with op.batch_alter_table("isa_checks") as batch_op:
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("corrects_id", sa.Uuid(), nullable=True))

    with op.batch_alter_table("licences") as batch_op:
        batch_op.add_column(sa.Column("rota_id", sa.Uuid(), nullable=True))
        batch_op.create_index(op.f("ix_licences_rota_id"), ["rota_id"], unique=False)
        batch_op.create_foreign_key(op.f("fk_licences_rota_id_rotas"), "rotas", ["rota_id"], ["id"])
        batch_op.create_index(
            "uq_licences_rota_id_active",
            ["rota_id"],
            unique=True,
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        )

    with op.batch_alter_table("policy_documents") as batch_op:
        batch_op.add_column(sa.Column("upload_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("link", sa.String(length=500), nullable=True))
        batch_op.create_foreign_key(op.f("fk_policy_documents_upload_id_uploads"), "uploads", ["upload_id"], ["id"])

    op.add_column("seat_contracts", sa.Column("set_by", sa.String(length=64), nullable=True))

    with op.batch_alter_table("signatures") as batch_op:
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("corrects_id", sa.Uuid(), nullable=True))

    with op.batch_alter_table("signing_refusals") as batch_op:
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("corrects_id", sa.Uuid(), nullable=True))

    with op.batch_alter_table("withdrawals") as batch_op:
        batch_op.add_column(sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("called_off_by", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("corrects_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE withdrawals SET recorded_at = effective_at, carried_out_at = effective_at")

    op.drop_index(_ONE_LIVE, table_name="signatures")
    op.create_index(
        _ONE_LIVE,
        "signatures",
        ["organisation_id", "version_id"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )


def downgrade() -> None:
    """Take them away. In the older register what was corrected counts as ended."""
    op.drop_index(_ONE_LIVE, table_name="signatures")
    op.drop_index(op.f("ix_notices_written_at"), table_name="notices")
    for table in ("signatures", "signing_refusals"):
        op.execute(
            sa.text(f"UPDATE {table} SET ended_at = superseded_at WHERE superseded_at IS NOT NULL AND ended_at IS NULL")  # noqa: S608
        )
    op.create_index(
        _ONE_LIVE, "signatures", ["organisation_id", "version_id"], unique=True,
        sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED,
    )  # fmt: skip

    with op.batch_alter_table("withdrawals") as batch_op:
        batch_op.drop_column("corrects_id")
        batch_op.drop_column("superseded_at")
        batch_op.drop_column("called_off_by")
        batch_op.drop_column("called_off_at")
        batch_op.drop_column("carried_out_at")
        batch_op.drop_column("recorded_at")

    with op.batch_alter_table("signing_refusals") as batch_op:
        batch_op.drop_column("corrects_id")
        batch_op.drop_column("superseded_at")

    with op.batch_alter_table("signatures") as batch_op:
        batch_op.drop_column("corrects_id")
        batch_op.drop_column("superseded_at")

    with op.batch_alter_table("policy_documents") as batch_op:
        batch_op.drop_constraint(op.f("fk_policy_documents_upload_id_uploads"), type_="foreignkey")
        batch_op.drop_column("link")
        batch_op.drop_column("upload_id")

    with op.batch_alter_table("licences") as batch_op:
        batch_op.drop_index("uq_licences_rota_id_active")
        batch_op.drop_constraint(op.f("fk_licences_rota_id_rotas"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_licences_rota_id"))
        batch_op.drop_column("rota_id")

    with op.batch_alter_table("seat_contracts") as batch_op:
        batch_op.drop_column("set_by")

    with op.batch_alter_table("isa_checks") as batch_op:
        batch_op.drop_column("corrects_id")
        batch_op.drop_column("superseded_at")

    op.drop_table("withdrawal_drafts")
    op.drop_table("waiting_places")
    op.drop_table("use_warnings")
    op.drop_table("use_verdicts")
    op.drop_table("use_exemptions")
    op.drop_table("seat_offers")
    op.drop_table("rota_turns")
    op.drop_table("rotas")
    op.drop_table("instrument_reviews")
    op.drop_table("challenges")
