"""Sharing information lawfully: decisions to share, permission to use it again, disclosures, and the confidentiality statement (OP 1.4 to 1.6, 10.2, App. F)."""
