"""No seat is free: who waits for one, in which order, and to whom the next is offered (LIC-5)."""
