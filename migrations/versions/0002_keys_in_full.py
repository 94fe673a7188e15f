"""Keys in full: proposals of two people, policy changes, letters, e-mail codes, passkeys, known browsers, roles with an end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_UNSENT = sa.text("sent_at IS NULL AND dropped_at IS NULL")
_WAITING = sa.text("state = 'proposed'")
_NOT_ENDED = sa.text("ended_at IS NULL")
_OPENS = sa.text("confirmed_at IS NOT NULL AND ended_at IS NULL")
_ONE_OPENS = "uq_authenticators_person_id_live"

_TABLES = (
    "notices", "policy_changes", "proposals", "known_devices", "passkeys", "email_codes", "passkey_challenges",
    "passkey_uses",
)  # fmt: skip
"""Every new table, each after those it points at."""

_COLUMNS = {
    "authenticators": ("kind",),
    "passwords": ("compromised_at",),
    "people": ("created_by", "closed_to_strangers_at"),
    "roles_held": ("reason", "approved_by", "ends_at", "end_reason"),
    "sessions": ("agent", "device_id"),
    "sign_in_failures": ("last_at",),
}
"""Every new column of a table that was there."""


def upgrade() -> None:
    """Make the new tables, and widen those that people's keys stand in."""
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("once", sa.String(length=160), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useless_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_notices_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("once", name=op.f("uq_notices_once")),
    )
    op.create_index(
        "ix_notices_waiting", "notices", ["due_at", "id"], unique=False, sqlite_where=_UNSENT, postgresql_where=_UNSENT
    )
    op.create_index(op.f("ix_notices_sent_at"), "notices", ["sent_at"], unique=False)
    op.create_index(op.f("ix_notices_dropped_at"), "notices", ["dropped_at"], unique=False)

    op.create_table(
        "policy_changes",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_changes")),
        sa.UniqueConstraint("number", name=op.f("uq_policy_changes_number")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("thing", sa.String(160), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposer", sa.String(64), nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["people.id"], name=op.f("fk_proposals_beneficiary_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_proposals_organisation_id_organisations")
        ),
    )
    op.create_index(op.f("ix_proposals_proposer"), "proposals", ["proposer"])
    op.create_index(
        "uq_proposals_kind_thing",
        "proposals",
        ["kind", "thing"],
        unique=True,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_table(
        "known_devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_known_devices_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint("token", name=op.f("uq_known_devices_token")),
    )
    op.create_index(op.f("ix_known_devices_person_id"), "known_devices", ["person_id"], unique=False)

    op.create_table(
        "passkeys",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passkeys_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkeys_credential")),
    )
    op.create_index(op.f("ix_passkeys_person_id"), "passkeys", ["person_id"], unique=False)

    op.create_table(
        "email_codes",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_email_codes_tries")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_email_codes_session_id_sessions")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_email_codes")),
    )
    op.create_table(
        "passkey_challenges",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_passkey_challenges_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_passkey_challenges")),
    )
    op.create_table(
        "passkey_uses",
        sa.Column("passkey_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["passkey_id"], ["passkeys.id"], name=op.f("fk_passkey_uses_passkey_id_passkeys")),
        sa.PrimaryKeyConstraint("passkey_id", name=op.f("pk_passkey_uses")),
    )
    op.add_column("authenticators", sa.Column("kind", sa.String(length=8), server_default="app", nullable=False))

    op.drop_index(_ONE_OPENS, "authenticators")
    op.create_index(
        _ONE_OPENS, "authenticators", ["person_id"], unique=True, sqlite_where=_OPENS, postgresql_where=_OPENS
    )

    op.add_column("passwords", sa.Column("compromised_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("people", sa.Column("created_by", sa.String(length=64), nullable=True))
    op.add_column("people", sa.Column("closed_to_strangers_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("roles_held", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("roles_held", sa.Column("approved_by", sa.String(length=64), nullable=True))
    op.add_column("roles_held", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("roles_held", sa.Column("end_reason", sa.Text(), nullable=True))

    op.add_column("sessions", sa.Column("agent", sa.String(length=200), nullable=True))
    op.add_column("sessions", sa.Column("device_id", sa.Uuid(), nullable=True))

    op.add_column("sign_in_failures", sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.text("UPDATE sign_in_failures SET last_at = CURRENT_TIMESTAMP"))


def downgrade() -> None:
    """Take them away again, with what stood in them; a new authenticator that waits beside another is ended."""
    op.drop_index(_ONE_OPENS, "authenticators")
    op.execute("UPDATE authenticators SET ended_at = created_at WHERE confirmed_at IS NULL AND ended_at IS NULL")
    op.create_index(
        _ONE_OPENS, "authenticators", ["person_id"], unique=True, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED
    )
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
    for table in reversed(_TABLES):
        op.drop_table(table)
