"""Keys by which a program may say the same thing twice and be heard once (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base


class IdempotencyKey(Base):
    """What a caller was answered under a key: written in the transaction of the effect itself.

    `fingerprint` is the SHA-256 of the body the key came with; `answer` the JSON that was given back.
    """

    __tablename__ = "idempotency_keys"

    caller: Mapped[str] = mapped_column(String(64), primary_key=True)
    route: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(index=True)
