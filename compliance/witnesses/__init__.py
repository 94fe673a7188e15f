"""Those outside this machine who keep the log's newest checkpoint and would see it rolled back (AUD-3, RET-12)."""
