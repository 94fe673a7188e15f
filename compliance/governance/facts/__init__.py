"""What the case system counts of each organisation: research, actions and meetings, month by month (OP 8.1)."""
