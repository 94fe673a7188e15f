"""A personal-data breach: its clock, who is at risk, and who is told (UK GDPR Articles 33 and 34; BRE-3, BRE-6)."""
