"""The first registers: the log, partners, people, what partners sign, licences; and the store's own guards.

Frozen as it was applied: nothing here is read from the service's code, so that a store made today and one made
in ten years pass through the same tables. The guards stand behind the service's own (`audit.guard`,
`signatories.models`): the log can only be added to (AUD-3), and what was signed, refused, withdrawn or received
is neither deleted nor rewritten (SIG-2, SIG-8), whoever holds the connection. A later migration that copies one
of these tables must lay its guards again; tests/migrations looks.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NOT_ENDED = sa.text("ended_at IS NULL")
_LIVE = sa.text("status <> 'deactivated' AND status <> 'refused'")

_TABLES = (
    "log_head", "audit_entries", "rights_changes", "job_runs", "heartbeats", "organisations",
    "organisation_areas", "organisation_domains", "people", "roles_held", "passwords", "authenticators",
    "spent_steps", "sign_in_failures", "source_failures", "sessions", "account_invitations",
    "service_clients", "uploads", "instruments", "instrument_versions", "version_openings", "signatures",
    "signing_refusals", "withdrawals", "isa_checks", "policy_documents", "key_contacts", "licences",
    "licence_areas", "licence_cases", "licence_uses", "closed_cases", "case_invitations", "seat_contracts",
    "training", "vetting",
)  # fmt: skip
"""Every table, each after those it points at."""

_KEPT = {
    "uploads": (
        "id, file_name, media_type, size, sha256, content, received_at"
    ),
    "instrument_versions": (
        "instrument_id, label, upload_id, sha256, effective_on, resign_by, published_at, id"
    ),
    "signatures": (
        "organisation_id, instrument_id, version_id, signed_name, signed_role, method, signed_at, person_id, "
        "session_id, address, document_sha256, scan_id, recorded_at, id"
    ),
    "signing_refusals": (
        "organisation_id, instrument_id, version_id, reasons, refused_at, recorded_by, id"
    ),
    "withdrawals": (
        "organisation_id, instruments, letter_id, letter_on, reasons, effective_at, recorded_by, id"
    ),
}  # fmt: skip
"""What is evidence: for each table, the columns that stay as they were written."""


def upgrade() -> None:
    """Make the registers, empty but for the head of the log, and lay the guards."""
    _log()
    _organisations()
    _people()
    _signatories()
    _licences()
    op.execute(sa.text("INSERT INTO log_head (id, size, state_version) VALUES (1, 0, 0)"))
    if op.get_bind().dialect.name == "postgresql":
        _guards_of_postgresql()
    else:
        _guards_of_sqlite()


def downgrade() -> None:
    """Remove everything, the log too: this is the way back to an empty store, and only that."""
    # What a later step keeps, where entries are committed to it, goes with them.
    op.execute(sa.text("DROP TABLE IF EXISTS audit_personal"))
    for table in reversed(_TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP FUNCTION IF EXISTS refuse_altering_personal()"))
        op.execute(sa.text("DROP FUNCTION refuse_change()"))


def _guards_of_postgresql() -> None:
    """One trigger a table, for each statement: it refuses before a row is looked at, and TRUNCATE too."""
    op.execute(
        sa.text("""
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is kept as it was written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $$
        """)
    )
    refused = {"audit_entries": "UPDATE OR DELETE OR TRUNCATE"}
    refused |= {table: f"UPDATE OF {columns} OR DELETE OR TRUNCATE" for table, columns in _KEPT.items()}
    for table, acts in refused.items():
        op.execute(
            sa.text(
                f"CREATE TRIGGER {table}_kept BEFORE {acts} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        )


def _guards_of_sqlite() -> None:
    """One trigger a table and act. `INSERT OR REPLACE` deletes without a word, so it is met at the insert."""
    for table, columns in {"audit_entries": "", **_KEPT}.items():
        key = "number" if table == "audit_entries" else "id"
        updated = f"UPDATE OF {columns}" if columns else "UPDATE"
        refused = {
            "rewritten": f"BEFORE {updated} ON {table}",
            "deleted": f"BEFORE DELETE ON {table}",
            "replaced": f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})",  # noqa: S608 - names of ours
        }
        for name, act in refused.items():
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {table}_not_{name} {act} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is kept as it was written'); END"
                )
            )


def _log() -> None:
    """The log and the ledger."""
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_single")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("actor_organisation", sa.String(36), nullable=True),
        sa.Column("actor_roles", sa.String(255), nullable=True),
        sa.Column("subject_kind", sa.String(32), nullable=True),
        sa.Column("subject_id", sa.String(64), nullable=True),
        sa.Column("organisation", sa.String(36), nullable=True),
        sa.Column("reference", sa.String(255), nullable=True),
        sa.Column("rules", sa.String(255), nullable=True),
        sa.Column("purpose", sa.String(255), nullable=True),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("request_id", sa.String(128), nullable=True),
        sa.Column("session_id", sa.String(36), nullable=True),
        sa.Column("state_version", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_id", "number"])
    for_somebody = sa.text("actor_organisation IS NOT NULL")
    op.create_index(
        "ix_audit_entries_actor_organisation",
        "audit_entries",
        ["actor_organisation", "number"],
        sqlite_where=for_somebody,
        postgresql_where=for_somebody,
    )
    op.create_index("ix_audit_entries_event", "audit_entries", ["event", "number"])
    of_somebody = sa.text("organisation IS NOT NULL")
    op.create_index(
        "ix_audit_entries_organisation",
        "audit_entries",
        ["organisation", "number"],
        sqlite_where=of_somebody,
        postgresql_where=of_somebody,
    )
    seldom = sa.text("outcome IN ('refused', 'mixed')")
    op.create_index(
        "ix_audit_entries_outcome",
        "audit_entries",
        ["outcome", "number"],
        sqlite_where=seldom,
        postgresql_where=seldom,
    )
    op.create_index("ix_audit_entries_reference", "audit_entries", ["reference", "number"])
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject_id", "number"])
    op.create_table(
        "rights_changes",
        sa.Column("state_version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("state_version", "kind", "subject_id", name=op.f("pk_rights_changes")),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("job", "period", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.String(64), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_heartbeats")),
    )


def _organisations() -> None:
    """Partners."""
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sector", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("takes_licences", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
    )
    op.create_table(
        "organisation_areas",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "area", name=op.f("pk_organisation_areas")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_areas_organisation_id_organisations")
        ),
    )
    op.create_table(
        "organisation_domains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_domains")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_domains_organisation_id_organisations"),
        ),
        sa.UniqueConstraint("organisation_id", "domain", name=op.f("uq_organisation_domains_organisation_id_domain")),
    )


def _people() -> None:
    """People, what they hold, and how they get in."""
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("hub_team", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_people_organisation_id_organisations")
        ),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_index("ix_people_organisation_id", "people", ["organisation_id"])
    op.create_table(
        "roles_held",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("area", sa.String(32), nullable=True),
        sa.Column("granted_by", sa.String(64), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles_held")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_roles_held_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_roles_held_person_id_people")),
    )
    op.create_index("ix_roles_held_person_id", "roles_held", ["person_id"])
    op.create_table(
        "passwords",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passwords")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passwords_person_id_people")),
    )
    op.create_index("ix_passwords_person_id", "passwords", ["person_id"])
    op.create_index(
        "uq_passwords_person_id_live",
        "passwords",
        ["person_id"],
        unique=True,
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
    op.create_table(
        "authenticators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_in", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticators")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_authenticators_person_id_people")),
    )
    op.create_index("ix_authenticators_person_id", "authenticators", ["person_id"])
    op.create_index(
        "uq_authenticators_person_id_live",
        "authenticators",
        ["person_id"],
        unique=True,
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
    op.create_table(
        "spent_steps",
        sa.Column("authenticator_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("authenticator_id", name=op.f("pk_spent_steps")),
        sa.ForeignKeyConstraint(
            ["authenticator_id"], ["authenticators.id"], name=op.f("fk_spent_steps_authenticator_id_authenticators")
        ),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sign_in_failures")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_sign_in_failures_count")),
    )
    op.create_table(
        "source_failures",
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", "window", name=op.f("pk_source_failures")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(32), nullable=True),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("must_renew", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id_people")),
        sa.UniqueConstraint("token", name=op.f("uq_sessions_token")),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_table(
        "account_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("identity_check", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_invitations")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_account_invitations_person_id_people")),
        sa.UniqueConstraint("token", name=op.f("uq_account_invitations_token")),
    )
    op.create_index("ix_account_invitations_person_id", "account_invitations", ["person_id"])
    op.create_table(
        "service_clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(255), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_clients")),
        sa.UniqueConstraint("client_id", name=op.f("uq_service_clients_client_id")),
    )


def _signatories() -> None:
    """What partners sign, and what they answered."""
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_table(
        "instruments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("source", sa.String(300), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
        sa.UniqueConstraint("code", name=op.f("uq_instruments_code")),
    )
    op.create_table(
        "instrument_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(32), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("resign_by", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_versions")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_instrument_versions_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_instrument_versions_upload_id_uploads")),
        sa.UniqueConstraint("instrument_id", "label", name=op.f("uq_instrument_versions_instrument_id_label")),
    )
    op.create_table(
        "version_openings",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "session_id", name=op.f("pk_version_openings")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_version_openings_person_id_people")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["instrument_versions.id"], name=op.f("fk_version_openings_version_id_instrument_versions")
        ),
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("signed_name", sa.String(200), nullable=False),
        sa.Column("signed_role", sa.String(200), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("document_sha256", sa.String(64), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(32), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_signatures_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_signatures_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signatures_person_id_people")),
        sa.ForeignKeyConstraint(["scan_id"], ["uploads.id"], name=op.f("fk_signatures_scan_id_uploads")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["instrument_versions.id"], name=op.f("fk_signatures_version_id_instrument_versions")
        ),
    )
    op.create_index("ix_signatures_organisation_id", "signatures", ["organisation_id"])
    op.create_index(
        "uq_signatures_organisation_id_version_id_live",
        "signatures",
        ["organisation_id", "version_id"],
        unique=True,
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
    op.create_table(
        "signing_refusals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_refusals")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_signing_refusals_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_signing_refusals_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["instrument_versions.id"], name=op.f("fk_signing_refusals_version_id_instrument_versions")
        ),
    )
    op.create_index("ix_signing_refusals_organisation_id", "signing_refusals", ["organisation_id"])
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("instruments", sa.String(64), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("letter_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("people_removed", sa.Integer(), nullable=False),
        sa.Column("licences_ended", sa.Integer(), nullable=False),
        sa.Column("duties_acknowledged_by", sa.String(200), nullable=True),
        sa.Column("duties_acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
        sa.ForeignKeyConstraint(["letter_id"], ["uploads.id"], name=op.f("fk_withdrawals_letter_id_uploads")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_withdrawals_organisation_id_organisations")
        ),
    )
    op.create_index("ix_withdrawals_organisation_id", "withdrawals", ["organisation_id"])
    op.create_table(
        "isa_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_isa_checks")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_isa_checks_organisation_id_organisations")
        ),
    )
    op.create_index("ix_isa_checks_organisation_id", "isa_checks", ["organisation_id"])
    op.create_table(
        "policy_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_documents")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_policy_documents_organisation_id_organisations")
        ),
    )
    op.create_index("ix_policy_documents_organisation_id", "policy_documents", ["organisation_id"])
    op.create_table(
        "key_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("telephone", sa.String(40), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_contacts")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_key_contacts_organisation_id_organisations")
        ),
    )
    op.create_index("ix_key_contacts_organisation_id", "key_contacts", ["organisation_id"])


def _licences() -> None:
    """Who may use the case system."""
    op.create_table(
        "licences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspension", sa.String(16), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(16), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licences")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_licences_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_licences_person_id_people")),
        sa.ForeignKeyConstraint(["replaces_id"], ["licences.id"], name=op.f("fk_licences_replaces_id_licences")),
        sa.CheckConstraint("kind = 'standing' OR ends_on IS NOT NULL", name=op.f("ck_licences_by_invite_ends")),
    )
    op.create_index("ix_licences_organisation_id", "licences", ["organisation_id"])
    op.create_index("ix_licences_person_id", "licences", ["person_id"])
    op.create_index("ix_licences_status", "licences", ["status", "kind"])
    op.create_index(
        "uq_licences_person_id_organisation_id_live",
        "licences",
        ["person_id", "organisation_id"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "licence_areas",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("licence_id", "area", name=op.f("pk_licence_areas")),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_licence_areas_licence_id_licences")),
    )
    op.create_table(
        "licence_cases",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("licence_id", "reference", name=op.f("pk_licence_cases")),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_licence_cases_licence_id_licences")),
    )
    op.create_table(
        "licence_uses",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("pk_licence_uses")),
        sa.ForeignKeyConstraint(["licence_id"], ["licences.id"], name=op.f("fk_licence_uses_licence_id_licences")),
    )
    op.create_table(
        "closed_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_cases")),
        sa.UniqueConstraint("reference", name=op.f("uq_closed_cases_reference")),
    )
    op.create_table(
        "case_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("invited_by", sa.String(64), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_invitations")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_case_invitations_person_id_people")),
    )
    op.create_index("ix_case_invitations_person_id", "case_invitations", ["person_id"])
    op.create_index("ix_case_invitations_reference", "case_invitations", ["reference"])
    op.create_index(
        "uq_case_invitations_reference_person_id_live",
        "case_invitations",
        ["reference", "person_id"],
        unique=True,
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
    op.create_table(
        "seat_contracts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_contracts")),
        sa.UniqueConstraint("kind", name=op.f("uq_seat_contracts_kind")),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_seat_contracts_seats")),
    )
    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("module", sa.String(32), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_training_person_id_people")),
        sa.UniqueConstraint("person_id", "module", name=op.f("uq_training_person_id_module")),
    )
    op.create_table(
        "vetting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(64), nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vetting")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_vetting_person_id_people")),
        sa.UniqueConstraint("person_id", name=op.f("uq_vetting_person_id")),
    )
