"""What leaves the service as a document: typeset so that anybody can read it, and signed so that anybody can check it (SIG-2, SIG-14)."""
