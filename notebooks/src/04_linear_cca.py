# %% [markdown]
# # 04 · Linear CCA
#
# **The question.** EEG and speech of the same moments: two clouds of points in two unrelated spaces.
# Which direction in one goes with which direction in the other, and how closely?
#
# 45 minutes, under one of them computing, 300 MiB · needs numpy and notebook 03 (pairs, splits) ·
# next: 05, ridge and permutation · all data here are **SIMULATED**, so every answer is known.
#
# Afterwards you can
#
# 1. **whiten** a cloud, so that no direction is louder than another,
# 2. **compute** all canonical correlations with one SVD,
# 3. **judge** whether a correlation is more than any data would show.

# %% tags=["nbval-check-output"]
import numpy as np

from jmml_edu.course import (
    check, compare, hint, predict, progress, quiz, rate, show, sliders, start,
)
from jmml_edu.course.lessons.pictures04 import (
    draw_held_out, draw_noise, draw_round, draw_turn,
)
from jmml_edu.explorer import CorrelationPlayground
from jmml_edu.linear import CCA
from jmml_edu.simulate.clouds import two_clouds

session = start(4, student="")  # your name between the quotes gives you data of your own
session

# %% [markdown]
# ## Three questions from before
#
# *3 minutes*
#
# Choose with the mouse, or with Tab and the space bar; `quiz("04.1", "b")` does the same.

# %%
display(quiz("04.1"), quiz("04.2"), quiz("04.3"))

# %% [markdown]
# ## See it first
#
# *6 minutes*
#
# 300 moments, two EEG features and two speech features of each. A direction in a cloud reads **one value** off
# each point: how far it lies along the arrow. On the right, each moment has its two values, one read off
# EEG and one off speech. Colour is the value read off EEG, in all three.
#
# Drag the arrows until the right-hand cloud becomes a line; leave **Solve** and **round** for later. Without a
# mouse: Tab to a cloud, then the arrow keys turn by one degree, PageUp and PageDown by ten.

# %%
clouds = two_clouds()
playground = CorrelationPlayground(clouds, planted=(0.9, 0.0))
playground

# %% [markdown]
# The best place is not where either cloud is long. Remember what the colours did in the speech cloud.
#
# **Predict.** Single features agree little, as the next cell prints. Which correlation does the best pair
# of directions reach? Put a number in place of `...`.

# %% tags=["nbval-check-output"]
eeg, speech = clouds.eeg.values, clouds.speech.values
between = np.corrcoef(eeg.T, speech.T)[:2, 2:]
print("EEG features (rows) with speech features (columns):")
print(between.round(2))

# %%
bet = predict("04.turn", ...)
bet

# %%
eeg_angle, speech_angle, best = playground.best
figure, words = draw_turn(clouds, eeg_angle, speech_angle)
display(show(figure, alt=words), bet.against(best))

# %% [markdown]
# Go back and press **Solve**: the map shows every pair of directions at once. How was the top found without trying? In three steps: correlation, a round cloud, one SVD.
#
# ## Six numbers by hand
#
# *3 minutes*
#
# Three moments, one feature each: EEG **(1, 2, 3)**, speech **(2, 6, 4)**. Take its mean from each triple, multiply
# pair by pair, add up; then divide by the length of each centred triple (the root of its sum of squares).
# Use a pencil, then put your number, to two decimals, in place of `...`.

# %% tags=["exercise", "04.hand"]
check("04.hand", ...)

# %% [markdown]
# So a correlation is the cosine of an angle between centred columns. It has no units, and a column 1,000 times
# as loud gives the same number.
#
# ## A round cloud
#
# *8 minutes*
#
# For one column, dividing by its length is enough. A cloud has many directions, each with a length of its own.
# We want **all** of them to be 1 at once: then a product is a correlation, whichever way we look.
#
# The covariance $\Sigma = X^\top X/(n-1)$ of the centred cloud knows the variance in every direction. Its
# eigenvectors $V$ are the cloud's own axes, its eigenvalues $\lambda$ the variances along them, so
#
# $$X_{\text{white}} = X\,V\,\Lambda^{-1/2}, \qquad \frac{X_{\text{white}}^\top X_{\text{white}}}{n-1} = I .$$

# %% tags=["nbval-check-output"]
centred = eeg - eeg.mean(axis=0)                        # X
covariance = centred.T @ centred / (len(eeg) - 1)       # Sigma
variances, axes = np.linalg.eigh(covariance)            # lambda, V
white_eeg = centred @ axes / np.sqrt(variances)         # X V Lambda^(-1/2)
print("variances along the cloud's own axes:", variances.round(2))
print("covariance afterwards:")
print(np.cov(white_eeg.T).round(3) + 0.0)

# %%
figure, words = draw_round(eeg, white_eeg, clouds.provenance)
show(figure, alt=words)

# %% [markdown]
# The orange ring is the standard deviation in each direction. Stretching is undone; nothing is lost.
#
# ### Exercise A: whiten any cloud
#
# Fill the two blanks. `check` tries your function on clouds that nobody has seen before, of any size and far from
# the origin. Stuck? Write `hint("04.A")` into a new cell and run it again and again: two hints, then a solution.

# %% tags=["exercise", "04.A"]
def whiten(x):
    centred = ...  # the middle of the cloud moves to the origin
    covariance = centred.T @ centred / (len(x) - 1)
    variances, axes = np.linalg.eigh(covariance)
    return centred @ axes / ...  # every direction has variance 1

check("04.A", whiten)

# %% [markdown]
# ## Where two round clouds agree
#
# *9 minutes*
#
# Now both clouds are round. A direction is a unit vector: $w$ for EEG, $v$ for speech. The values along them have
# variance 1, so their correlation is
#
# $$w^\top T\,v, \qquad T = \frac{E_{\text{white}}^\top S_{\text{white}}}{n-1},$$
#
# and the unit vectors that make $w^\top T v$ largest are what an SVD finds: $T = W\,\mathrm{diag}(\rho)\,V^\top$.
# First columns: best pair of directions, with correlation $\rho_1$. Second columns: the best that is uncorrelated with the
# first. And so on. That is **canonical correlation analysis** (Hotelling, 1936).

# %% tags=["nbval-check-output"]
centred = speech - speech.mean(axis=0)
variances, axes = np.linalg.eigh(centred.T @ centred / (len(speech) - 1))
white_speech = centred @ axes / np.sqrt(variances)

T = white_eeg.T @ white_speech / (len(eeg) - 1)
W, rho, Vt = np.linalg.svd(T)                           # T = W diag(rho) V'
print("canonical correlations:", rho.round(3))
print("the same, by turning:  ", round(best, 3))

# %% [markdown]
# Two numbers, because each cloud has two directions: one is shared, and what is left agrees no better than chance.
# In the playground, make both clouds round: now first and second directions stand at right angles, and its table is $W^\top T\,V$.
#
# ### Exercise B: all canonical correlations
#
# Write it for views of any width, in about three lines. Your `whiten` from A helps.

# %% tags=["exercise", "04.B"]
def canonical_correlations(eeg, speech):
    return ...  # one number per component, the largest first

check("04.B", canonical_correlations)

# %% [markdown]
# **Is it the same as the package?** `CCA` takes another road (Cholesky factors instead of eigenvectors) and must
# arrive at the same numbers, here on data of your own.

# %%
def package(eeg, speech):
    return CCA(n_components=8).fit(eeg, speech).correlations_

own = session.data()
compare(canonical_correlations, package, own.eeg.values, own.speech.values)

# %% [markdown]
# ## One, from nothing
#
# *4 minutes*
#
# **Predict.** 40 recordings, 20 EEG and 20 speech features, all of them **noise** from independent dice. What is
# the first canonical correlation?

# %%
bet = predict("04.noise", ...)
bet

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(0)
white = [np.linalg.qr(view - view.mean(axis=0))[0] for view in rng.normal(size=(2, 40, 20))]
rho = np.linalg.svd(white[0].T @ white[1], compute_uv=False)
print("the largest of 20 correlations of pure noise:", rho[0].round(3))
bet.against(rho[0])

# %% [markdown]
# > **"A correlation of 1.0 on 40 recordings is a discovery."** No: centred columns of 40 numbers live in 39 dimensions.
# > A space of 20 and a space of 20 cannot avoid each other in there; CCA finds the line where they meet. It
# > is 1 for *any* data. On new noise the same directions agree not at all.
#
# ### Explore, and exercise C: fool it yourself
#
# *optional, 5 minutes*
#
# How many columns does it take? Find a triple in which **no column could be left out**, with fewer columns than pairs
# in each view, then write (pairs, EEG columns, speech columns) below.

# %%
sliders(draw_noise, pairs=(40, 400, 20, 100), eeg_columns=(2, 60, 1, 10), speech_columns=(2, 60, 1, 10))

# %% tags=["exercise", "04.C"]
check("04.C", ...)

# %% [markdown]
# ## A whole study
#
# *4 minutes*
#
# 2,000 utterances of 40 (simulated) people, 165 EEG and 101 speech features. Learn on 32 people; look at the other 8.

# %% tags=["nbval-check-output"]
from jmml_edu.pairing import trial_pairs
from jmml_edu.sources import read_features
from jmml_edu.splits import grouped_folds

study = trial_pairs(read_features("samples", "eeg"), read_features("samples", "speech"))
split = grouped_folds(study.subjects, study.labels, n_folds=5, seed=0)[0]
learn, new = study.take(split.train), study.take(split.test)
found = CCA(n_components=6).fit(learn.eeg.values, learn.speech.values)
held_out = found.correlations(new.eeg.values, new.speech.values)
print(f"learned {found.correlations_[0]:.2f}, on new people {held_out[0]:+.2f}")
figure, words = draw_held_out(
    found.correlations_, held_out, study.provenance, "Strong for 32 people, nothing for 8 others"
)
show(figure, alt=words)

# %% [markdown]
# 1,600 pairs are many for 165 + 101 columns. But everybody has a voice and a brain of their own, and 32 people are
# 32 points: the trap again, hidden one floor down. Take away each person's own average, and look once more.

# %%
def centre(values, people):
    means = {one: values[people == one].mean(axis=0) for one in set(people)}
    return values - np.array([means[one] for one in people])

views = [centre(view, part.subjects) for part in (learn, new)
         for view in (part.eeg.values, part.speech.values)]
found = CCA(n_components=6).fit(*views[:2])
figure, words = draw_held_out(
    found.correlations_, found.correlations(*views[2:]), study.provenance,
    "Without the person, two components come back",
)
show(figure, alt=words)

# %% [markdown]
# Six hollow points look good; **two** are there for new people too, weaker than promised. Two is what the makers of this study
# put in: pleasant or not, calm or aroused. What the hollow ones promise beyond that is over-fitting.
#
# ## Your own data
#
# *5 minutes*
#
# 400 pairs that are yours alone, 8 EEG and 10 speech columns, without people in them. Some components are shared; how many?
#
# ### Exercise D: how many are shared?
#
# Learn on the first 200 pairs, look at the others; then put your count in place of `...`. `draw_held_out` draws it.

# %% tags=["exercise", "04.D"]
eeg, speech = own.eeg.values, own.speech.values
# learn on the first half, look at the other

check("04.D", ...)

# %% [markdown]
# ## Before you go
#
# *3 minutes*

# %%
display(quiz("04.4"), quiz("04.5"), quiz("04.6"))

# %%
rate(4)

# %%
progress()

# %% [markdown]
# ## In short
#
# - Make both clouds round; then the singular values of their product are all correlations there are.
# - CCA finds what is **shared**, not what is loud; whether it is emotion, CCA does not know.
# - With p + q > n - 1 columns the first correlation is 1. Believe numbers on **new** pairs only.
#
# **White**: variance 1 in every direction, none correlated. **Canonical correlation**: correlation of a best pair of
# directions. **Component**: such a pair; they are ordered, and uncorrelated with each other. **Held out**: not used to learn.
#
# KNOWN: H. Hotelling, *Relations between two sets of variates*, Biometrika 28, 1936. That the method of arXiv 2503.18964
# looks for a maximally correlated space is KNOWN; how it does so, with networks, is notebook 10.
#
# **Next: 05.** What to do when columns are many and pairs few: the ridge; and how to ask chance itself.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Before the lab.** Run all once. Let everybody write a name into `start(4, student="...")`: data and answer of D then
# differ between neighbours.
#
# **Minutes.** The sections say theirs; let slow groups leave out C. After 20 minutes everybody should be at A.
#
# **Rubric.** *hand* 1 point; *A* 2; *B* 3 (1 for a result of the right shape, 2 for round clouds, 3 if all rules hold); *D* 2, one of
# them for a sentence that says why the hollow points do not count; C is a bonus of 1.
#
# **Discuss.**
#
# 1. In "See it first" the loud directions were useless. When would PCA before CCA do harm, when would it help?
# 2. Two people whiten the same cloud and get different numbers. Who is right?
# 3. What would CCA find if both views contained the speaker's jaw muscles? (Notebook 06.)
# 4. A paper reports rho = 0.98 "p < 0.001" from 60 trials, 32 channels x 5 bands against 88 speech features. What do you ask?
#
# **Explain your own plot** (read these): each student draws their own data with `draw_held_out` and writes two sentences below it: which
# components they trust, and what convinced them.
