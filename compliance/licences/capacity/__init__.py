"""Where a seat is wasted, who waits for one, and what would free it; nothing is done here but shown (LIC-11)."""
