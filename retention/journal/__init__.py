"""What was disposed of and which rights ended, kept outside the store as well: no backup brings them back (RET-12)."""
