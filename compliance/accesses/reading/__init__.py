"""Reading the log with a purpose: searches that are kept, a person's day, a case's readers, files to take away (AUD-1)."""
