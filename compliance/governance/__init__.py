"""What is put before those who oversee: packs of evidence, drawn from every register and kept in none (SIG-14, GOV-1)."""
