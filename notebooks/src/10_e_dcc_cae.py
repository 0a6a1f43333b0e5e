# %% [markdown]
# # 10 · E-DCC-CAE, step 2
#
# **The question.** EEG and speech come together in one space, and EEG will be missing later. What should be asked of
# such a space? Five things have been proposed. You will build a model with five switches, and find out which
# of them earn their place.
#
# 50 minutes, about one of them computing, 500 MiB · needs torch and notebooks 04 (CCA), 08 and 09 (deep CCA, autoencoders) ·
# next: 11, EEG missing at inference · all data here are **SIMULATED**, so what is true is known.
#
# Afterwards you can
#
# 1. **assemble** the model of step 2 from encoders, decoders and five terms,
# 2. **derive** five published methods from it by setting switches,
# 3. **measure** what each term brings, and say where it brings nothing.

# %% tags=["nbval-check-output"]
import numpy as np
import torch
from torch import nn

from jmml_edu.course import check, compare, hint, predict, progress, quiz, rate, show, sliders, start
from jmml_edu.course.lessons.data10 import curved_study
from jmml_edu.course.lessons.models10 import LAYERS, learn, worth
from jmml_edu.course.lessons.pictures10 import draw_left_out, draw_methods, draw_switches, draw_weights
from jmml_edu.crossmodal import METHODS, TERMS, CorrelatedAutoencoder
from jmml_edu.linear import CCA
from jmml_edu.losses import cca_loss
from jmml_edu.networks import symmetric_whitening
from jmml_edu.training import Schedule, train

session = start(10)
session

# %% [markdown]
# ## Three questions from before
#
# *3 minutes*

# %%
display(quiz("10.1"), quiz("10.2"), quiz("10.3"))

# %% [markdown]
# ## See it first
#
# *7 minutes*
#
# An **encoder** turns a view into a code of six numbers. A **decoder** turns a code into a view. One switch asks the two
# codes to agree (orange); four ask a decoder to rebuild a view from a code (blue). Choose a method, with the mouse or with
# Tab and the space bar, and watch which switches are on.

# %%
sliders(draw_switches, method=list(METHODS))

# %% [markdown]
# Remember two things. Which methods use the arrow from the code of speech to *EEG told*? That one works when EEG is missing. And how
# many switches does the last method need?
#
# The study: 2,000 moments of 24 people, and 16 other people. Both views bend what they share, and hide it under a
# nuisance of their own: the person, the channel. A linear classifier with 25 labels per class reads the speech codes of the 16.
#
# **Predict.** DCCA, with one switch on, recognises 52 % (chance is 25). What does E-DCC-CAE, with five, recognise? Put a number between 25 and 100
# in place of `...`.

# %%
bet = predict("10.five", ...)
bet

# %%
study = curved_study()
found = {name: worth(study, learn(study, name)) for name in METHODS}
figure, words = draw_methods(found, study.learn.provenance)
display(show(figure, alt=words), bet.against(100 * found["E-DCC-CAE"].recall, close=2))

# %% [markdown]
# Four switches more, and recognition hardly moves; only the method **without** the orange switch falls back. Why build five, then? And what are
# the four good for? First we build it.
#
# ## A bend that begins straight
#
# *7 minutes*
#
# Linear CCA knows the answer as far as a straight line goes. A network that begins at random has to find even that. So let every map begin as
# the straight answer $A$, and add a network $g$ that says 0 at first:
#
# $$f(x) = A^\top x + g(W^\top x).$$
#
# $W$ whitens (notebook 04): loud nuisance shall not drown what is quiet. That maps begin like this is OUR READING; the paper's abstract does not say.

# %%
class Bend(nn.Module):
    def __init__(self, straight, whitening, seed):
        super().__init__()
        torch.manual_seed(seed)
        self.straight = nn.Parameter(torch.tensor(straight).float())              # A
        self.register_buffer("whitening", torch.tensor(whitening).float())        # W
        hidden = nn.Linear(len(whitening), LAYERS.width)
        self.bent = nn.Sequential(hidden, nn.GELU(), nn.Linear(LAYERS.width, straight.shape[1]))  # g
        nn.init.zeros_(self.bent[-1].weight)
        nn.init.zeros_(self.bent[-1].bias)

    def forward(self, x):
        return x @ self.straight + self.bent(x @ self.whitening)

print(Bend(np.array([[2.0]]), np.eye(1), seed=0)(torch.tensor([[3.0]])))

# %% [markdown]
# Twice three is six, so far. An encoder begins as the CCA directions of its view, a decoder as the least-squares guess of a view from a
# code. Two encoders, and as many decoders as terms ask for:

# %%
def assemble(views, terms):
    cca = CCA(n_components=6, ridge=0.1).fit(views["eeg"], views["speech"])
    straight = {"eeg": cca.eeg_directions_, "speech": cca.speech_directions_}
    maps = {name: Bend(straight[name], symmetric_whitening(np.cov(views[name].T)), seed)
            for seed, name in enumerate(views)}
    for seed, term in enumerate(TERMS[1:], start=2):
        if term in terms:
            target, _, source = term.split()                    # such as: eeg from speech
            codes = views[source] @ straight[source]
            guess = np.linalg.lstsq(codes, views[target])[0]
            maps[term] = Bend(guess, symmetric_whitening(np.cov(codes.T)), seed)
    return nn.ModuleDict(maps)

print(TERMS)

# %% [markdown]
# ## One switch on
#
# *6 minutes*
#
# Deep CCA asks for nothing but agreement: minus the sum of the correlations of a batch (notebook 08). The loop is that of
# notebook 08 too. At the end a linear CCA turns what the encoders say into ordered components.

# %%
def only_correlation(eeg, speech, maps, weights):
    loss = cca_loss(maps["eeg"](eeg), maps["speech"](speech), ridge=0.01)
    return {"correlation": weights["correlation"] * loss}

def my_codes(eeg, speech, losses, weights, epochs):
    views = {"eeg": eeg, "speech": speech}
    views = {name: (view - view.mean(axis=0)) / view.std(axis=0) for name, view in views.items()}
    maps = assemble(views, weights)
    rows = {name: torch.tensor(view).float() for name, view in views.items()}
    def lost(batch):
        return losses(rows["eeg"][batch], rows["speech"][batch], maps, weights)
    train(maps, len(eeg), lost, Schedule(epochs=epochs))
    with torch.no_grad():
        said = [maps[name](rows[name]).double().numpy() for name in views]
    return CCA(n_components=6, ridge=1e-3).fit(*said).transform(*said)

# %% [markdown]
# Is that really deep CCA? Here are the package's numbers for the same pairs. `assert_close` stops the notebook if they differ.

# %%
eeg, speech = study.learn.eeg.values, study.learn.speech.values
mine = my_codes(eeg, speech, only_correlation, {"correlation": 1.0}, epochs=20)
package = learn(study, "DCCA").transform(eeg, speech)
mine, package = np.stack(mine), np.stack(package)      # EEG and speech codes of 2,000 moments
torch.testing.assert_close(torch.tensor(mine), torch.tensor(package), rtol=1e-4, atol=1e-4)
print("largest difference of", mine.size, "numbers:", np.abs(mine - package).max())

# %% [markdown]
# ## What is lost
#
# *8 minutes*
#
# Now all five. With codes $z_E$ and $z_S$, decoders $D_{ab}$ from the code of $b$ to view $a$, and $d_a$ columns in view $a$:
#
# $$\mathcal{L} = -\,w\,\mathrm{corr}(z_E, z_S) \;+ \sum_{a, b \in \{E, S\}} w_{ab}\, \frac{\lVert x_a - D_{ab}(z_b) \rVert^2}{d_a}.$$
#
# The weights $w$ are the switches: 0 is off. Dividing by $d_a$ lets a view of many columns count no more than one of few. That E-DCC-CAE extends
# DCC-CAE is KNOWN (arXiv 2503.18964, abstract); that it asks for exactly these five terms is OUR READING.
#
# ### Exercise A: add up what is lost
#
# Two blanks. Which code does the decoder of a term read, and which view should it have told? `hint("10.A")` helps.

# %% tags=["exercise", "10.A"]
def loss_terms(eeg, speech, maps, weights):
    views = {"eeg": eeg, "speech": speech}
    codes = {name: maps[name](view) for name, view in views.items()}
    terms = {}
    for term, weight in weights.items():
        if term == "correlation":
            loss = cca_loss(codes["eeg"], codes["speech"], ridge=0.01)
        else:
            target, _, source = term.split()
            told = maps[term](codes[...])             # which code does this decoder read?
            loss = (told - views[...]).square().mean()   # which view should it have told?
        terms[term] = weight * loss
    return terms

check("10.A", loss_terms)

# %% [markdown]
# **Your model against the package's.** All six methods, five epochs each, every code of every moment:

# %%
def by_me(eeg, speech):
    weights = {name: {t: 1.0 if t == "correlation" else 0.1 for t in METHODS[name]} for name in METHODS}
    return np.stack([my_codes(eeg, speech, loss_terms, one, epochs=5)[1] for one in weights.values()])

def by_package(eeg, speech):
    models = [CorrelatedAutoencoder(6, terms=name, held_out=0.0, layers=LAYERS,
                                    schedule=Schedule(epochs=5)) for name in METHODS]
    return np.stack([model.fit(eeg, speech).transform(speech=speech) for model in models])

compare(by_me, by_package, eeg[:600], speech[:600])

# %% [markdown]
# ## One model, many names
#
# *8 minutes*
#
# | method | what it asks for |
# |---|---|
# | DCCA (Andrew et al., ICML 2013) | codes agree |
# | DCCAE (Wang et al., ICML 2015) | codes agree, and each rebuilds its own view |
# | DCC-CAE (Dumpala et al., ViGIL 2018) | codes agree, and both rebuild the view that will be missing |
# | split autoencoder (Ngiam et al., ICML 2011) | the view that stays is read, both views are rebuilt |
# | translation and alignment (arXiv 2011.01631) | codes agree, and the missing view is rebuilt from the one that stays |
#
# ### Exercise B: set the switches
#
# For any two views, return a dictionary with the terms of the last four methods: `"DCCAE"`, `"DCC-CAE"`, `"split autoencoder"`,
# `"translation and alignment"`. A term is `"correlation"`, or like `"eeg from speech"`.

# %% tags=["exercise", "10.B"]
def family(missing, kept):
    return ...  # such as {"DCCA": {"correlation"}}, for the four methods

check("10.B", family)

# %% [markdown]
# Two more come out **exactly**. With no epoch of training, the model is linear ridge CCA. And without the orange switch no term reads both codes: the
# whole falls apart into two models, each of which trains as if alone.

# %%
straight = CCA(n_components=6, ridge=0.1).fit(eeg, speech).transform(eeg, speech)
linear = CCA(n_components=6, ridge=1e-3).fit(*straight).transform(*straight)[1]
untrained = learn(study, "DCCA", epochs=0).transform(speech=speech)
print("no epoch, against CCA:", f"{np.abs(untrained - linear).max():.0e}")

together = learn(study, dict.fromkeys(TERMS[1:], 0.1), epochs=5).reconstruct(speech=speech)
alone = learn(study, "split autoencoder", epochs=5).reconstruct(speech=speech)
print("four decoders, against two:", f"{np.abs(together['eeg'] - alone['eeg']).max():.0e}")

# %% [markdown]
# ## What each term brings
#
# *8 minutes*
#
# A term earns its place if the model is worse **without** it. So leave out one at a time: an *ablation*.
#
# ### Exercise C: leave one out
#
# `score(terms)` returns how good a model with these terms is. Return, for each term, what it brings beside all the others.

# %% tags=["exercise", "10.C"]
def left_out(terms, score):
    return ...  # {term: what it brings}

check("10.C", left_out)

# %% [markdown]
# Now with real training: three studies, with other people and other views each. Their marks also show the **noise**: what differs from study to study
# by more than it differs from 0 means nothing.

# %%
def without(study, *off):
    weights = {t: 1.0 if t == "correlation" else 0.1 for t in TERMS if t not in off}
    return worth(study, learn(study, weights)).recall

studies = [curved_study(seed) for seed in (12, 13, 14)]
changes = []
for one in studies:
    all_five = without(one)
    changes.append({term: all_five - without(one, term) for term in TERMS})
figure, words = draw_left_out(changes, study.learn.provenance)
show(figure, alt=words)

# %% [markdown]
# > **"More terms always help."** Not here, and they can hurt. Squared error is largest where a view is loud (notebook 09), and what is loud here is nuisance.
# > Six numbers cannot hold both. Let the four reconstructions weigh more, and watch:

# %%
weights = (0.1, 1, 10)
found = [{w: worth(one, learn(one, "E-DCC-CAE", weight=w)) for w in weights} for one in studies]
figure, words = draw_weights(found, study.learn.provenance)
show(figure, alt=words)

# %% [markdown]
# So a term buys what it asks for and pays with room in the code. `eeg from speech` buys the one thing no correlation gives: a guess of the EEG that is
# missing. What that guess is worth is notebook 11. In this package's own measurements on the simulated samples, DCCA, DCCAE, DCC-CAE and E-DCC-CAE recognise
# equally well (`docs/evidence.md`).
#
# ## Before you go
#
# *3 minutes*

# %%
display(quiz("10.4"), quiz("10.5"), quiz("10.6"))

# %%
rate(10)

# %%
progress()

# %% [markdown]
# ## In short
#
# - Two encoders, four decoders, five weights: six published methods are settings of one model.
# - Let networks begin as the closed-form answer; then training can only add to it what the data ask for.
# - A term has to show what it brings, beside all others, on new people, in more than one study.
#
# **Encoder, decoder**: from view to code, from code to view. **Cross reconstruction**: one view told from the code of the other. **Ablation**: the same without one part.
#
# KNOWN: the six methods above, by their papers; that E-DCC-CAE extends DCC-CAE (arXiv 2503.18964). OUR READING: its five terms, their weights, how maps begin.
#
# **Next: 11.** EEG goes missing. What moves?

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Before the lab.** Run all once: torch takes some seconds to import. After 20 minutes everybody should be at exercise A. Slow groups leave
# out B and look at the table.
#
# **Rubric.** *A* 2 points; *B* 3 (1 for terms with the right names, 2 if two methods are right, 3 for all four); *C* 3, one of them for a sentence that says which
# differences of the picture are larger than the noise.
#
# **Discuss.**
#
# 1. Why are DCC-CAE's two decoders not those of DCCAE? Which would you choose if speech went missing?
# 2. Without the correlation, four decoders fall apart into two models. Which change would couple them again? (Decoders shared by both codes.)
# 3. The studies are made so that nuisance is loud. Imagine one in which reconstruction helps recognition. What would be loud there?
# 4. Three studies, five terms: how often would noise alone put all three marks of one term on the same side of 0? (1 - (3/4)^5: three times in four.)
#
# **Explain your own plot** (read these): each student picks one term from the ablation and writes two sentences: what it asks for, and what the three marks allow to be said.
