"""The steering group's pack and the other reports, as they were issued: frozen, numbered, and never edited (GOV-1, GOV-4)."""
