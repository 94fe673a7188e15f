"""What many people learnt, by spreadsheet: every row is answered, recorded or refused with its reason (GOV-7)."""
