"""What the steering group is shown, as figures that are counted once and dressed three times (GOV-1, GOV-4)."""
