"""EEG and speech with a shared latent that is known, audible and visible."""
