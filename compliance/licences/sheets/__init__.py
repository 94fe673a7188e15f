"""Lists that people send as a spreadsheet: how they are read, how each row is answered, and the files back (LIC-4, GOV-7)."""
