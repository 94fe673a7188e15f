"""An organisation that does not take part: steering, tactical, executive group, each with what it asked (GOV-2)."""
