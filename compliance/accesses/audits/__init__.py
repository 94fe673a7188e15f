"""The quarterly access audit: each organisation's accesses read, findings written, signed off by an outsider (AUD-5)."""
