"""From one source per notebook to the versions that learners and instructors open."""
