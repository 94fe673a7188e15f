"""When the case system is down: whom the hub can still reach, what is done meanwhile, and what is written up afterwards (GOV-3)."""
