"""The service's own records: what is over is disposed of by a schedule, as records of the case system are (RET-9)."""
