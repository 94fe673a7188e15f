"""What one person may not do alone: proposed by one, decided by another, bound to exactly what was asked (ROL-3)."""
