"""The log and its readers: personal detail apart, reports of the case system, flags, audits, exceptions, witnesses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new tables, and give the log's entries the place of a commitment to what is kept beside them."""
    op.create_table(
        "accepted_rollbacks",
        sa.Column("witness", sa.String(length=255), nullable=False),
        sa.Column("witness_note", sa.Text(), nullable=False),
        sa.Column("own_size", sa.BigInteger(), nullable=False),
        sa.Column("own_root", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_by", sa.String(length=64), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_by", sa.String(length=64), nullable=False),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_rollbacks")),
    )
    op.create_table(
        "flagged_up_to",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_flagged_up_to_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flagged_up_to")),
    )
    # What was in the log before there were rules is not looked at for them.
    op.execute(sa.text("INSERT INTO flagged_up_to (id, number) SELECT 1, size FROM log_head"))
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=128), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "route", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_answered_at"), "idempotency_keys", ["answered_at"], unique=False)
    op.create_table(
        "witness_states",
        sa.Column("witness", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("witness", name=op.f("pk_witness_states")),
    )
    op.create_table(
        "access_audits",
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("end_number", sa.BigInteger(), nullable=False),
        sa.Column("signed_by", sa.String(length=64), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_access_audits_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_audits")),
        sa.UniqueConstraint("quarter", "organisation_id", name=op.f("uq_access_audits_quarter_organisation_id")),
    )
    op.create_index(op.f("ix_access_audits_organisation_id"), "access_audits", ["organisation_id"], unique=False)
    op.create_table(
        "access_audit_figures",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sign_ins", sa.Integer(), nullable=False),
        sa.Column("case_sign_ins", sa.Integer(), nullable=False),
        sa.Column("cases_opened", sa.Integer(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("exports", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("reported_refusals", sa.Integer(), nullable=False),
        sa.Column("out_of_hours", sa.Integer(), nullable=False),
        sa.Column("break_glass", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["access_audits.id"], name=op.f("fk_access_audit_figures_audit_id_access_audits")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_audit_figures_person_id_people")),
        sa.PrimaryKeyConstraint("audit_id", "person_id", name=op.f("pk_access_audit_figures")),
    )
    op.create_table(
        "access_audit_findings",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("found_by", sa.String(length=64), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["access_audits.id"], name=op.f("fk_access_audit_findings_audit_id_access_audits")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_audit_findings_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_audit_findings")),
    )
    op.create_index(op.f("ix_access_audit_findings_audit_id"), "access_audit_findings", ["audit_id"], unique=False)
    op.create_table(
        "break_glass",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("granted_by", sa.String(length=64), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.String(length=64), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("justified", sa.Boolean(), nullable=True),
        sa.Column("review", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_break_glass_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
    )
    op.create_index(op.f("ix_break_glass_person_id"), "break_glass", ["person_id"], unique=False)
    op.create_index(op.f("ix_break_glass_reference"), "break_glass", ["reference"], unique=False)
    op.create_index(
        "uq_break_glass_person_id_reference_live",
        "break_glass",
        ["person_id", "reference"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "conflicts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("grounds", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("agreed_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lift_asked_by", sa.String(length=64), nullable=True),
        sa.Column("lift_agreed_by", sa.String(length=64), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_conflicts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
    )
    op.create_index(op.f("ix_conflicts_person_id"), "conflicts", ["person_id"], unique=False)
    op.create_index(op.f("ix_conflicts_reference"), "conflicts", ["reference"], unique=False)
    op.create_index(
        "uq_conflicts_person_id_reference_live",
        "conflicts",
        ["person_id", "reference"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "access_flags",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("accesses", sa.Integer(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=True),
        sa.Column("last_number", sa.BigInteger(), nullable=True),
        sa.Column("raised_by", sa.String(length=64), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conflict_id", sa.Uuid(), nullable=True),
        sa.Column("concern", sa.LargeBinary(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_access_flags_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["conflict_id"], ["conflicts.id"], name=op.f("fk_access_flags_conflict_id_conflicts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_flags_person_id_people")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_access_flags_reviewer_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_flags")),
        sa.UniqueConstraint("key", name=op.f("uq_access_flags_key")),
    )
    op.create_index(op.f("ix_access_flags_conflict_id"), "access_flags", ["conflict_id"], unique=False)
    op.create_index(op.f("ix_access_flags_organisation_id"), "access_flags", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_access_flags_person_id"), "access_flags", ["person_id"], unique=False)
    op.create_index(op.f("ix_access_flags_reviewer_id"), "access_flags", ["reviewer_id"], unique=False)
    op.create_index(op.f("ix_access_flags_rule"), "access_flags", ["rule"], unique=False)
    op.create_index("ix_access_flags_status_due_on", "access_flags", ["status", "due_on"], unique=False)
    op.create_table(
        "access_flag_entries",
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["access_flags.id"], name=op.f("fk_access_flag_entries_flag_id_access_flags")
        ),
        sa.PrimaryKeyConstraint("flag_id", "number", name=op.f("pk_access_flag_entries")),
    )
    op.create_table(
        "noted_refusals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_noted_refusals_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_noted_refusals_person_id_people")),
        sa.PrimaryKeyConstraint("number", "person_id", name=op.f("pk_noted_refusals")),
    )
    op.create_index(op.f("ix_noted_refusals_at"), "noted_refusals", ["at"], unique=False)
    op.create_index("ix_noted_refusals_person_id_at", "noted_refusals", ["person_id", "at"], unique=False)
    op.create_table(
        "reported_accesses",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("involved", sa.Boolean(), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("out_of_hours", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_reported_accesses_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reported_accesses_person_id_people")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reported_accesses")),
        sa.UniqueConstraint("client_id", "event_id", name=op.f("uq_reported_accesses_client_id_event_id")),
    )
    op.create_index(
        "ix_reported_accesses_organisation_id_happened_at",
        "reported_accesses",
        ["organisation_id", "happened_at"],
        unique=False,
    )
    op.create_index(
        "ix_reported_accesses_person_id_happened_at", "reported_accesses", ["person_id", "happened_at"], unique=False
    )
    op.create_index(
        "ix_reported_accesses_reference_happened_at", "reported_accesses", ["reference", "happened_at"], unique=False
    )
    op.create_table(
        "saved_searches",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_searches_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_searches_person_id_name")),
    )
    op.create_table(
        "conflict_attempts",
        sa.Column("conflict_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conflict_id"], ["conflicts.id"], name=op.f("fk_conflict_attempts_conflict_id_conflicts")
        ),
        sa.PrimaryKeyConstraint("conflict_id", "action", "day", name=op.f("pk_conflict_attempts")),
    )
    op.add_column("sessions", sa.Column("reads_for", sa.String(length=32), nullable=True))
    op.add_column("sessions", sa.Column("matter", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_audit_entries_address",
        "audit_entries",
        ["address", "number"],
        unique=False,
        sqlite_where=sa.text("address IS NOT NULL"),
        postgresql_where=sa.text("address IS NOT NULL"),
    )
    if not sa.inspect(op.get_bind()).has_table("audit_personal"):
        _personal_detail()


def downgrade() -> None:
    """Take them away again; but what entries that were written meanwhile stand on stays, for the log's bytes are kept."""
    if not _is_committed_to():
        op.drop_column("audit_entries", "personal")
        op.drop_table("audit_personal")
        if op.get_bind().dialect.name == "postgresql":
            op.execute(sa.text("DROP FUNCTION refuse_altering_personal()"))
    op.drop_index(
        "ix_audit_entries_address",
        "audit_entries",
        sqlite_where=sa.text("address IS NOT NULL"),
        postgresql_where=sa.text("address IS NOT NULL"),
    )
    op.drop_column("sessions", "matter")
    op.drop_column("sessions", "reads_for")
    op.drop_table("conflict_attempts")
    op.drop_table("saved_searches")
    op.drop_index("ix_reported_accesses_reference_happened_at", "reported_accesses")
    op.drop_index("ix_reported_accesses_person_id_happened_at", "reported_accesses")
    op.drop_index("ix_reported_accesses_organisation_id_happened_at", "reported_accesses")
    op.drop_table("reported_accesses")
    op.drop_index("ix_noted_refusals_person_id_at", "noted_refusals")
    op.drop_index(op.f("ix_noted_refusals_at"), "noted_refusals")
    op.drop_table("noted_refusals")
    op.drop_table("access_flag_entries")
    op.drop_index("ix_access_flags_status_due_on", "access_flags")
    op.drop_index(op.f("ix_access_flags_rule"), "access_flags")
    op.drop_index(op.f("ix_access_flags_reviewer_id"), "access_flags")
    op.drop_index(op.f("ix_access_flags_person_id"), "access_flags")
    op.drop_index(op.f("ix_access_flags_organisation_id"), "access_flags")
    op.drop_index(op.f("ix_access_flags_conflict_id"), "access_flags")
    op.drop_table("access_flags")
    op.drop_index(
        "uq_conflicts_person_id_reference_live",
        "conflicts",
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.drop_index(op.f("ix_conflicts_reference"), "conflicts")
    op.drop_index(op.f("ix_conflicts_person_id"), "conflicts")
    op.drop_table("conflicts")
    op.drop_index(
        "uq_break_glass_person_id_reference_live",
        "break_glass",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_break_glass_reference"), "break_glass")
    op.drop_index(op.f("ix_break_glass_person_id"), "break_glass")
    op.drop_table("break_glass")
    op.drop_index(op.f("ix_access_audit_findings_audit_id"), "access_audit_findings")
    op.drop_table("access_audit_findings")
    op.drop_table("access_audit_figures")
    op.drop_index(op.f("ix_access_audits_organisation_id"), "access_audits")
    op.drop_table("access_audits")
    op.drop_table("witness_states")
    op.drop_index(op.f("ix_idempotency_keys_answered_at"), "idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("flagged_up_to")
    op.drop_table("accepted_rollbacks")


def _is_committed_to() -> bool:
    """Whether an entry speaks of personal detail: then its hash is over that commitment, and the detail is owed to it."""
    looked = op.get_bind().execute(sa.text("SELECT 1 FROM audit_entries WHERE personal IS NOT NULL LIMIT 1"))
    return looked.first() is not None


def _personal_detail() -> None:
    """The place of what is personal, whose rows may be added, emptied once and sealed anew, and no more."""
    op.add_column("audit_entries", sa.Column("personal", sa.String(length=64), nullable=True))
    op.create_table(
        "audit_personal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("disposed_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_personal")),
    )
    op.create_index("ix_audit_personal_address", "audit_personal", ["address", "number"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _guard_in_postgresql()
    else:
        _guard_in_sqlite()


_EMPTIED = (
    "NEW.number = OLD.number AND NEW.salt IS NULL AND NEW.address IS NULL AND NEW.said IS NULL"
    " AND OLD.disposed_by IS NULL AND NEW.disposed_by IS NOT NULL"
)
_SEALED_ANEW = (
    "NEW.number = OLD.number AND NEW.salt {same} OLD.salt AND NEW.address {same} OLD.address"
    " AND OLD.said IS NOT NULL AND NEW.said IS NOT NULL AND OLD.disposed_by IS NULL AND NEW.disposed_by IS NULL"
)
_SAYS = "audit_personal is kept as it was written"


def _guard_in_postgresql() -> None:
    allowed = f"({_EMPTIED}) OR ({_SEALED_ANEW.format(same='IS NOT DISTINCT FROM')})"
    op.execute(
        sa.text(
            f"CREATE FUNCTION refuse_altering_personal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {allowed} "
            f"THEN RETURN NEW; END IF; RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation'; END $$"
        )
    )
    op.execute(
        sa.text(
            "CREATE TRIGGER audit_personal_kept BEFORE DELETE OR TRUNCATE ON audit_personal "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    )
    op.execute(
        sa.text(
            "CREATE TRIGGER audit_personal_only_emptied BEFORE UPDATE ON audit_personal "
            "FOR EACH ROW EXECUTE FUNCTION refuse_altering_personal()"
        )
    )


def _guard_in_sqlite() -> None:
    refused = {
        "altered": f"BEFORE UPDATE ON audit_personal WHEN NOT (({_EMPTIED}) OR ({_SEALED_ANEW.format(same='IS')}))",
        "deleted": "BEFORE DELETE ON audit_personal",
        "replaced": "BEFORE INSERT ON audit_personal WHEN EXISTS (SELECT 1 FROM audit_personal WHERE number = NEW.number)",
    }
    for name, act in refused.items():
        op.execute(sa.text(f"CREATE TRIGGER audit_personal_not_{name} {act} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"))
