"""What complaints between partners are about, counted: by theme, organisation, stage and time, without case or name (COM-6, COM-7)."""
