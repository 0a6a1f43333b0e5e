"""From files and folders on disk to recordings and feature tables."""
