"""What each notebook asks: one file of exercises, and one of pictures, per notebook."""
