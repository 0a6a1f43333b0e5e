# %% [markdown]
# # 12 · Evaluation and leakage
#
# **The question.** A score of 90 % stands in a paper. When may you believe it? You will make every leak yourself,
# watch the score rise, and repair it.
#
# 30 minutes, under one of them computing, 300 MiB · needs numpy and notebook 03 (splits); 04 helps · next: 13, people ·
# all data here are **SIMULATED**, so what is true is known.
#
# Afterwards you can
#
# 1. **split** so that nobody and nothing stands on both sides,
# 2. **test** a protocol on labels that mean nothing,
# 3. **compare** two methods on the same people, with an interval.

# %% tags=["nbval-check-output"]
import numpy as np

from jmml_edu.course import check, hint, predict, progress, quiz, rate, show, sliders, start
from jmml_edu.course.lessons.data12 import coin_study, two_methods
from jmml_edu.course.lessons.pictures12 import draw_deal, draw_draws, draw_mistakes, score_of_deal

session = start(12, student="")  # your name between the quotes gives you a task of your own
session

# %% [markdown]
# ## Three questions from before
#
# *2 minutes*

# %%
display(quiz("12.1"), quiz("12.2"), quiz("12.3"))

# %% [markdown]
# ## See it first
#
# *5 minutes*
#
# Ten people, ten trials each, six windows of every trial: 600 rows of EEG. The label of each trial was decided by **a coin**.
# There is nothing to find, and every honest score is 50 %.
#
# **Predict.** Windows are dealt to five folds at random, as `KFold(shuffle=True)` does. Which share does a linear classifier get right?
# Put a number between 0 and 1 in place of `...`.

# %%
bet = predict("12.windows", ...)
bet

# %% tags=["nbval-check-output"]
study = coin_study()
by_window = score_of_deal(study, "window")
print(f"right about coins: {by_window:.1%}")
bet.against(by_window)

# %% [markdown]
# How can it know what a coin did? Look who is tested (orange) and who is learned from (blue), for three ways to deal. Choose with the mouse,
# or with Tab and the space bar.

# %%
sliders(lambda deal: draw_deal(study, deal), deal=["window", "trial", "person"])

# %% [markdown]
# > **"k-fold is k-fold."** Same data, same classifier, five folds each time. Dealt by window, each tested window has sisters of
# > its own trial in training; the classifier recognises the trial and looks up the coin. Dealt by trial or by person, nothing is left.
# > On real EEG (DEAP), nearly 87 % of 101 papers hold an error such as this one (KNOWN: Khan et al., arXiv 2508.02417).
#
# ## Deal people, not rows
#
# *4 minutes*
#
# What goes to folds must be what you want to generalise **to**: new people, as a rule. Then rows only follow.
#
# ### Exercise A: deal people to folds
#
# `groups` names the person of each row. Fill the blanks; stuck? `hint("12.A")` in a new cell.

# %% tags=["exercise", "12.A"]
def deal(groups, n_folds):
    number = np.unique(..., return_inverse=True)[1]  # the number of each row's person
    return ... % n_folds                             # the fold of each row

check("12.A", deal)

# %% [markdown]
# ## Every leak
#
# *5 minutes*
#
# Splitting is one place to leak; there are twelve more in the laboratory below. Each is made on purpose in simulated worlds, beside the
# honest way. Diamonds are what would be reported, dots what is true.

# %%
from jmml_edu.leakage import laboratory

mistakes = laboratory(n_worlds=8)
figure, words = draw_mistakes(mistakes)
show(figure, alt=words)

# %% [markdown]
# Bars through the marks are 95 % intervals over eight worlds. Choose one mistake, and read what went wrong and how it is repaired.

# %%
def explain(mistake):
    chosen = next(one for one in mistakes if one.name == mistake)
    figure, words = draw_mistakes([chosen])
    return figure, f"{words} Wrong: {chosen.wrong} Right: {chosen.right}"

sliders(explain, mistake=[one.name for one in mistakes])

# %% [markdown]
# A split can be inspected by a program; the package does it with `find_leaks`. What was done **before** the split, to all rows,
# it cannot see.

# %% tags=["nbval-check-output"]
import pandas as pd

from jmml_edu.leaks import find_leaks
from jmml_edu.splits import grouped_folds

index = pd.DataFrame({"subject": study.people.astype(str), "trial": study.trials.astype(str)})
for by in ("window", "trial", "person"):
    fold = grouped_folds(study.groups(by), study.labels, n_folds=5, seed=0)[0]
    print(f"dealt by {by}:", [leak.kind for leak in find_leaks(fold, index)])

# %% [markdown]
# ## Ask data that know nothing
#
# *5 minutes*
#
# The strongest test needs no idea of what may be wrong: **take the meaning out of the labels and run everything again**. An honest
# protocol then gives chance. But only what is exchangeable may change places: windows of a trial are alike, so a trial has to keep one label.
#
# ### Exercise B: labels that mean nothing
#
# Return labels in which whole trials have exchanged theirs; `seed` decides who gets which.

# %% tags=["exercise", "12.B"]
def shuffle_trials(labels, trials, seed):
    return ...  # one label per row

check("12.B", shuffle_trials)

# %% [markdown]
# With it, the two protocols of above can be put on trial. The package's own shuffle does what yours does.

# %% tags=["nbval-check-output"]
from dataclasses import replace

from jmml_edu.permutation import permutation_baseline

labels, trials = study.labels.astype(str), study.trials.astype(str)
for by in ("window", "person"):
    def protocol(labels, by=by):
        return score_of_deal(replace(study, labels=labels.astype(int)), by)

    found = permutation_baseline(protocol, labels, trials, draws=9)
    print(f"dealt by {by}: {found.score:.2f}, on shuffled labels {found.null_scores.mean():.2f}")

# %% [markdown]
# Dealt by window, labels that mean nothing score as high as any: **the protocol is broken**, whatever it finds.
#
# ## Which of two is better
#
# *5 minutes*
#
# Two methods, the same people, 40 rows of each. Forty rows of one person are not forty people: what would be drawn anew in
# another study is **people**. And who is easy for one method is easy for the other, so both must meet the same people in each draw.

# %%
first, second, people = two_methods(1)
figure, words = draw_draws(first, second, people)
show(figure, alt=words)

# %% [markdown]
# ### Exercise C: an interval of a difference
#
# Arrays `first` and `second` say which rows each method got right. Return the lower and upper end of the 95 % interval of the mean gain of
# the second over the first: one number per person, people drawn 2,000 times with replacement, percentiles of the means.

# %% tags=["exercise", "12.C"]
def paired_interval(first, second, people):
    return ...  # lower end, upper end

check("12.C", paired_interval)

# %% [markdown]
# ## Read a methods section
#
# *2 minutes*
#
# ### Exercise D: find the leak
#
# Five sentences of a made-up paper; one of them leaks. Which?

# %%
session.data()

# %% tags=["exercise", "12.D"]
check("12.D", ...)

# %% [markdown]
# ## Before you go
#
# *2 minutes*

# %%
display(quiz("12.4"), quiz("12.5"), quiz("12.6"))

# %%
rate(12)

# %%
progress()

# %% [markdown]
# ## In short
#
# - Deal what you want to generalise to. Everything that is learned, chosen or scaled is learned, chosen and scaled on training rows.
# - Run the whole protocol on labels that mean nothing. If it finds something, it is broken.
# - Draw people, not rows, and the same people for both methods. Say what an interval does not cover.
#
# **Leak**: something of the test that was known before it. **Exchangeable**: might as well have stood elsewhere. **Paired**: both on the same people.
#
# KNOWN: M. Ojala, G. C. Garriga, *Permutation tests for studying classifier performance*, JMLR 11, 2010; Khan et al., arXiv 2508.02417.
#
# **Next: 13.** What a label is not, and whom an error hits.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Before the lab.** Names in `start(12, student="...")` give neighbours different methods sections in D.
#
# **Rubric.** *A* 2 points; *B* 3 (1 for the right shape, 2 if trials stay whole, 3 if all rules hold); *C* 3; *D* 2, one of them for a
# sentence that says how the leak is repaired.
#
# **Discuss.**
#
# 1. Dealt by trial, the coin study gives chance. Why do we still deal people?
# 2. Twenty people watched the same films. What else has to be dealt?
# 3. Scaling with company and scaling before splitting: when is each harmless?
# 4. Somebody shuffles windows, not trials, and gets chance from the broken protocol. What went wrong?
#
# **Explain your own plot** (read these): each student chooses one mistake, shows its picture, and writes two sentences: how a reader
# could notice it, and how it is repaired.
