"""What the site is made of: each file writes one kind of page or asset into the source folder."""
