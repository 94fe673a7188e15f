"""The clients of the case system, and people signing in to it through us."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = (
    "client_logouts",
    "sign_on_codes",
    "sign_ons",
    "revoked_tokens",
    "spent_assertions",
    "credential_uses",
    "client_credentials",
)
"""Each before what it points at."""

_STANDS = sa.text("ended_at IS NULL")
_WAITING = sa.text("told_at IS NULL AND given_up_at IS NULL")


def upgrade() -> None:
    """Make their tables; each client's secret moves to where it can have others beside it."""
    _proofs()
    _sign_ons()
    op.execute(
        "INSERT INTO client_credentials (id, revision, client_id, secret, made_at)"
        " SELECT id, 1, id, secret, made_at FROM service_clients"
    )
    with op.batch_alter_table("service_clients") as clients:
        clients.drop_column("secret")
        for name in ("networks", "redirects", "logout_redirects"):
            clients.add_column(sa.Column(name, sa.Text(), server_default="", nullable=False))
        clients.add_column(sa.Column("back_channel", sa.String(length=500), nullable=True))
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("method", sa.String(length=8), nullable=True))


def downgrade() -> None:
    """Take them away again, with all they hold; of each client one secret stays, or one that nothing opens."""
    with op.batch_alter_table("sessions") as sessions:
        sessions.drop_column("method")
    with op.batch_alter_table("service_clients") as clients:
        for name in ("back_channel", "logout_redirects", "redirects", "networks"):
            clients.drop_column(name)
        clients.add_column(sa.Column("secret", sa.String(length=64), server_default="0" * 64, nullable=False))
    op.execute(
        "UPDATE service_clients SET secret = coalesce((SELECT max(secret) FROM client_credentials"
        " WHERE client_credentials.client_id = service_clients.id AND secret IS NOT NULL AND ended_at IS NULL"
        " AND ends_at IS NULL), secret)"
    )
    with op.batch_alter_table("service_clients") as clients:
        clients.alter_column("secret", existing_type=sa.String(length=64), server_default=None)
    for table in _TABLES:
        op.drop_table(table)


def _proofs() -> None:
    op.create_table(
        "client_credentials",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=True),
        sa.Column("jwk", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(secret IS NULL) <> (jwk IS NULL)", name=op.f("ck_client_credentials_one_of_two")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["service_clients.id"], name=op.f("fk_client_credentials_client_id_service_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_credentials")),
    )
    op.create_index(op.f("ix_client_credentials_client_id"), "client_credentials", ["client_id"], unique=False)
    op.create_table(
        "credential_uses",
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["client_credentials.id"],
            name=op.f("fk_credential_uses_credential_id_client_credentials"),
        ),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_credential_uses")),
    )
    op.create_table(
        "spent_assertions",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["service_clients.id"], name=op.f("fk_spent_assertions_client_id_service_clients")
        ),
        sa.PrimaryKeyConstraint("client_id", "jti", name=op.f("pk_spent_assertions")),
    )
    op.create_index(op.f("ix_spent_assertions_ends_at"), "spent_assertions", ["ends_at"], unique=False)
    op.create_table(
        "revoked_tokens",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["service_clients.id"], name=op.f("fk_revoked_tokens_client_id_service_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revoked_tokens")),
        sa.UniqueConstraint("token_id", name=op.f("uq_revoked_tokens_token_id")),
    )
    op.create_index(op.f("ix_revoked_tokens_ends_at"), "revoked_tokens", ["ends_at"], unique=False)


def _sign_ons() -> None:
    op.create_table(
        "sign_ons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["service_clients.id"], name=op.f("fk_sign_ons_client_id_service_clients")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_sign_ons_session_id_sessions")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ons_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ons")),
    )
    op.create_index(op.f("ix_sign_ons_session_id"), "sign_ons", ["session_id"], unique=False)
    op.create_index(op.f("ix_sign_ons_person_id"), "sign_ons", ["person_id"], unique=False)
    op.create_index(
        "uq_sign_ons_client_id_session_id",
        "sign_ons",
        ["client_id", "session_id"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
    op.create_table(
        "sign_on_codes",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("sign_on_id", sa.Uuid(), nullable=False),
        sa.Column("redirect", sa.String(length=500), nullable=False),
        sa.Column("challenge", sa.String(length=43), nullable=False),
        sa.Column("nonce", sa.String(length=512), nullable=True),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("amr", sa.String(length=32), nullable=False),
        sa.Column("auth_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_id", sa.String(length=64), nullable=True),
        sa.Column("token_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sign_on_id"], ["sign_ons.id"], name=op.f("fk_sign_on_codes_sign_on_id_sign_ons")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sign_on_codes")),
    )
    op.create_index(op.f("ix_sign_on_codes_sign_on_id"), "sign_on_codes", ["sign_on_id"], unique=False)
    op.create_index(op.f("ix_sign_on_codes_ends_at"), "sign_on_codes", ["ends_at"], unique=False)
    op.create_table(
        "client_logouts",
        sa.Column("sign_on_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=32), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_client_logouts_tries")),
        sa.ForeignKeyConstraint(["sign_on_id"], ["sign_ons.id"], name=op.f("fk_client_logouts_sign_on_id_sign_ons")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["service_clients.id"], name=op.f("fk_client_logouts_client_id_service_clients")
        ),
        sa.PrimaryKeyConstraint("sign_on_id", name=op.f("pk_client_logouts")),
    )
    op.create_index(op.f("ix_client_logouts_client_id"), "client_logouts", ["client_id"], unique=False)
    op.create_index(
        "ix_client_logouts_waiting",
        "client_logouts",
        ["due_at", "sign_on_id"],
        unique=False,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
