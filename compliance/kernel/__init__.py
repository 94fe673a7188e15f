"""What every room stands on: the clock, identifiers, refusals, the store, one unit of work, jobs and keys."""
