"""From a raw recording to a clean one, and from there to windows inside the trial."""
