"""The programs' door: JSON over HTTP, for the case system and for anyone who would rather not use the pages."""
