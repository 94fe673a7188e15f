"""Several people share one seat by a timetable; it changes hands at the stated minute, by itself (LIC-6)."""
