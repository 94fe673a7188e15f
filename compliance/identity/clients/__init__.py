"""The programs that may ask us things, what they prove themselves by, and people signing in to them through us (DEC-3)."""
