"""What can be compared: every method and what it is, and the steps of which the road is made."""

from __future__ import annotations

from collections.abc import Mapping

TIERS: Mapping[str, Mapping[str, str]] = {
    "road": {
        "speech_only": "Speech features as they are; no EEG anywhere.",
        "eeg_free": "The vote of several ways to hear speech without EEG, given the same labels and"
        " unlabelled speech.",
        "eeg_trained": "EEG there while learning, absent at test: the shared space heard from"
        " speech.",
        "eeg_only": "EEG features alone, learned from the same labels; speech absent.",
        "eeg_trained_shuffled": "As EEG at training, but EEG was shuffled within each person, blind"
        " to labels.",
    },
    "core": {
        "pca": "Principal components of speech, one part of the vote without EEG, by themselves.",
        "lda": "Linear discriminants of labelled speech, another part of it, by themselves.",
        "one_hot": "Linear CCA of speech with the shown labels themselves, in place of EEG.",
        "class_prototypes": "Linear CCA of speech with one random vector per shown label.",
        "class_paired": "Linear CCA; labelled rows get the EEG of another labelled row of their"
        " class, the others none.",
        "linear_cca": "Step 2 in closed form, without step 1.",
        "eeg_trained_again": "EEG at training once more, with other networks and other people held"
        " out within: what chance alone does.",
    },
    "family": {
        "dcca": "Step 2 is DCCA: correlation alone.",
        "dccae": "Step 2 is DCCAE: correlation, and each view from its own code.",
        "dcc_cae": "Step 2 is DCC-CAE: correlation, and EEG from either code.",
        "eckart_young": "Step 2 is the Eckart-Young objective, which small batches bias less.",
        "without_step1": "Step 2 as planned, of features instead of step-1 embeddings.",
    },
    "rivals": {
        "infonce": "Step 2 tells each partner from all others (InfoNCE) instead of correlating.",
        "distillation": "The vote without EEG, joined by a speech network that an EEG classifier"
        " taught on all pairs.",
        "distillation_alone": "That network by itself.",
        "modality_dropout": "The vote without EEG, joined by a network of EEG and speech that has"
        " learned to do without EEG.",
        "modality_dropout_alone": "That network by itself.",
        "mlp": "The vote without EEG, joined by a speech network of the size of an encoder, learned"
        " from labels alone.",
        "mlp_alone": "That network by itself.",
    },
    "bounds": {
        "eeg_at_test": "EEG at training and at test: late fusion of both.",
        "oracle": "The hidden latent of a simulation, with the same classifier and labels.",
    },
}
"""Every method that can be compared and what it is, in tiers: the road itself, the controls that a
sceptic asks for first, other members of its family, other ways to use EEG, and what bounds all."""

METHODS: Mapping[str, str] = {name: what for tier in TIERS.values() for name, what in tier.items()}
"""Every method and what it is, in the order of the table."""

GAINS: Mapping[str, tuple[str, str]] = {
    "gain": ("eeg_trained", "eeg_free"),
    "gain_over_raw": ("eeg_trained", "speech_only"),
    "gain_shuffled": ("eeg_trained_shuffled", "eeg_free"),
}
"""Every difference that is reported: first minus second."""

STEPS_1 = ("none", "JEC-SSL", "either")
"""What step 1 of the road may be: nothing, JEC-SSL, or what held-out labels speak for."""

CLOSED_FORM = "CCA"
"""The step 2 that is linear and needs no training."""

STEPS_2 = (
    CLOSED_FORM,
    "DCCA",
    "DCCAE",
    "DCC-CAE",
    "split autoencoder",
    "translation and alignment",
    "E-DCC-CAE",
)
"""What step 2 of the road may be: the closed form, or a method of :mod:`jmml_edu.crossmodal`."""
