"""From recordings to one row of named numbers per trial."""
