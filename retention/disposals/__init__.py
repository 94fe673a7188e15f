"""Disposing of records: proposed, agreed to, waited for, instructed, confirmed, certified (RET-5, RET-8)."""
