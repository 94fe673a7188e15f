"""The quarterly audit of use: whoever did not use a licence in a whole quarter loses it, after a warning (LIC-8)."""
