"""An entry of the register is doubted, looked at by somebody else, and corrected or left: *checked and challenged* (SIG-3)."""
