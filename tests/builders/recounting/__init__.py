"""Each chapter of a report counted again by hand, one room of the service at a time."""
