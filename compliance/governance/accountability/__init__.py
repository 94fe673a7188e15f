"""Whether each organisation takes its part: meetings, actions and research, beside what the hub owes it (GOV-2, OP 8.1)."""
