"""Many requests at once, by spreadsheet: every row is answered, taken or refused with its reason (LIC-4)."""
