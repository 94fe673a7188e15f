"""Who has learnt which module, in which version and until when it counts, and who is due (GOV-7, LIC-1)."""
