# %% [markdown]
# # 06 · What class pairs carry
#
# **The question.** EEG of Monday, speech of Tuesday, other people, the same emotion: pair them by label, train on
# the pairs. What can the EEG tell about the speech?
#
# 30 minutes, under one of them computing, 300 MiB · needs 04 (CCA) · next: 10, the model that learns from such pairs ·
# all data here are **SIMULATED**, so what is shared is known.
#
# Afterwards you can
#
# 1. **count** what pairs joined by class can share, and prove it,
# 2. **show** that the label alone does as well,
# 3. **expose** a correlation that is not emotion.

# %%
import numpy as np

from jmml_edu.course import check, hint, predict, progress, quiz, rate, show, sliders, start
from jmml_edu.course.lessons.data06 import joined_by_class, moments
from jmml_edu.course.lessons.pictures06 import (
    CLEARLY, draw_carried, draw_contest, draw_fooled, draw_inside, fooled, held_out,
)
from jmml_edu.linear import CCA

session = start(6, student="")  # your name between the quotes gives you data of your own
session

# %% [markdown]
# ## Three questions from before
#
# *2 minutes*

# %%
display(quiz("06.1"), quiz("06.2"), quiz("06.3"))

# %% [markdown]
# ## See it first
#
# *5 minutes*
#
# Each moment has eight hidden numbers; EEG and speech hear all of them. CCA learns on 20 people and is asked about 20 others. **Blue
# dots**: pairs that were recorded together. **Orange squares**: the same utterances, each with the EEG of *another* moment of its class.
#
# **Predict.** Recorded together they share 8 components. With **5 classes**, how many are left when we join by class? Put
# a number in place of `...`.

# %%
bet = predict("06.classes", ...)
bet

# %% tags=["nbval-check-output"]
left = int((held_out(joined_by_class(moments(5))) > CLEARLY).sum())
print("components left, 5 classes:", left)
bet.against(left, close=0)

# %% [markdown]
# Now move the slider, with the mouse or Tab and arrows. What is the rule?

# %%
sliders(draw_carried, classes=(2, 8, 1, 2))

# %% [markdown]
# **One less than there are classes**, however much both sides hear. The rest did not become weak: it is gone.
#
# ## Why C - 1
#
# *8 minutes*
#
# Look **inside** one class. Large marks are the middles of classes.

# %%
figure, words = draw_inside(moments(4))
show(figure, alt=words)

# %% [markdown]
# On the left, each class is a slanted cloud: a louder moment in EEG is a louder one in speech. On the right the clouds inside the
# classes are round: the EEG is that of another moment, so **inside a class EEG and speech know nothing of each other**. Only the middles
# are left, and that is the proof:
#
# Whatever $f$ makes of the EEG and $g$ of the speech, linear or a deep network: given the class $y$, both are independent. Their
# covariance is then that of class means,
#
# $$\mathrm{Cov}(f, g) = \sum_y p_y\,\big(\bar f_y - \bar f\big)\big(\bar g_y - \bar g\big)^{\top},$$
#
# with $p_y$ the share of class $y$. It is a sum of $C$ terms, and the vectors $\sqrt{p_y}(\bar f_y - \bar f)$ are dependent, because $\sum_y
# p_y(\bar f_y - \bar f) = 0$. So its rank is at most $C - 1$. In numbers, for 4 classes:

# %% tags=["nbval-check-output"]
learn, new = joined_by_class(moments(4))
eeg, speech, labels = learn.eeg.values, learn.speech.values, learn.labels
classes = [labels == one for one in np.unique(labels)]
e = np.array([eeg[rows].mean(axis=0) for rows in classes]) - eeg.mean(axis=0)
s = np.array([speech[rows].mean(axis=0) for rows in classes]) - speech.mean(axis=0)
p = np.array([rows.mean() for rows in classes])
pairs = np.cov(eeg.T, speech.T)[: eeg.shape[1], eeg.shape[1] :]
print("of the pairs:       ", np.linalg.svd(pairs, compute_uv=False)[:5].round(2))
print("of the middles only:", np.linalg.svd((e.T * p) @ s, compute_uv=False)[:5].round(2) + 0.0)

# %% [markdown]
# Three singular values carry the covariance; what the pairs have beyond them is chance, and shrinks with more pairs.
#
# ### Exercise A: the covariance of class means
#
# For any classes, some of them more frequent. Fill the two blanks.

# %% tags=["exercise", "06.A"]
def class_covariance(eeg, speech, labels):
    total = 0
    for one in np.unique(labels):
        rows = labels == one
        e, s = eeg[rows].mean(axis=0), speech[rows].mean(axis=0)
        total = total + ... * np.outer(e - eeg.mean(axis=0), ...)
    return total

check("06.A", class_covariance)

# %% [markdown]
# ## The label does as well
#
# *6 minutes*
#
# If the class is all that crosses, then the EEG can be replaced by the class. The figure asks what **speech alone** recognises, with
# three directions that were taught by: nobody but the labels (linear discriminant analysis), class-paired EEG, a view that **is** the label (one
# column per class), a random vector per class, and EEG that hears only one of the hidden numbers.

# %%
figure, words = draw_contest()
show(figure, alt=words)

# %% [markdown]
# > **"Pairing by label transfers brain signals."** It transfers the label. With a random vector per class, no brain was involved,
# > and nothing is lost. Real EEG can only be as good, or worse: the last row is EEG that cannot tell all classes apart.
# > A gain on class pairs must be compared with these rows before anybody thanks the EEG.
#
# ### Exercise B: the label as second view
#
# Return the directions of speech that CCA finds when the other view is the label: one column per direction, one direction
# less than classes. `CCA(n).fit(first, speech).speech_directions_` gives them. `check` compares with linear discriminants.

# %% tags=["exercise", "06.B"]
def label_directions(speech, labels):
    return ...  # speech column x direction

check("06.B", label_directions)

# %% [markdown]
# ## A control that is blind to labels
#
# *4 minutes*
#
# So how would one show that EEG of **the same moment** matters? Not against class pairs: these know every label. Shuffle the EEG inside
# each person, without looking at labels. Person, EEG and speech stay; only the moment is lost.

# %% tags=["nbval-check-output"]
from jmml_edu.pairing import shuffled_within_subject

recorded = moments(4)
blind = tuple(shuffled_within_subject(side, seed=0) for side in recorded)
for name, pairs in (("recorded", recorded), ("by class", joined_by_class(recorded)), ("shuffled", blind)):
    print(f"{name}: {(held_out(pairs) > CLEARLY).sum()} components")

# %% [markdown]
# ### Exercise C: a label-blind shuffle
#
# `people` names the person of each row. Return for each row the number of the row whose EEG it gets.

# %% tags=["exercise", "06.C"]
def partners(people, seed):
    return ...  # one row number per row

check("06.C", partners)

# %% [markdown]
# ## What is shared need not be emotion
#
# *3 minutes*
#
# Back to pairs recorded together. Muscles that speak are heard in EEG too. Let EEG hear some of the **nuisance** of speech, which has nothing to
# do with emotion: 0 of 12 directions, then more.
#
# **Predict.** At 0, the first correlation of new people is 0.74, and speech alone gets 71 % with 10 labels per class. What is the recall if
# EEG hears **all 12**?

# %%
bet = predict("06.fooled", ...)
bet

# %%
bet.against(fooled(12)[1])

# %%
sliders(draw_fooled, shared=(0, 12, 2, 0))

# %% [markdown]
# The correlation **rises**, on new people, while the recall falls: CCA finds what is shared, and that is now the jaw. Who stops
# training at the highest correlation stops here.
#
# ## How many classes were there?
#
# *optional, 4 minutes*
#
# ### Exercise D, on your own data
#
# Your pairs were joined by class, then somebody lost the labels. How many classes were there?

# %%
own = session.data()
own

# %% tags=["exercise", "06.D"]
check("06.D", ...)

# %% [markdown]
# ## Before you go
#
# *2 minutes*

# %%
display(quiz("06.4"), quiz("06.5"), quiz("06.6"))

# %%
rate(6)

# %%
progress()

# %% [markdown]
# ## In short
#
# - Pairs joined by class share at most C - 1 components, linear or deep, and these are class means.
# - One column per class does as well as the best EEG. Show a gain beside it, or do not call it EEG's.
# - A high correlation on new people says that something is shared, not what.
#
# **Class pair**: speech and EEG of the same class, of different moments. **Trial pair**: of the same moment. **One-hot**: one column per class,
# 1 where a row is of it. **Nuisance**: what varies and does not matter.
#
# KNOWN: the EEG and the speech of arXiv 2503.18964 were paired by emotion class. CCA with one-hot labels is linear discriminant analysis:
# M. S. Bartlett, *Further aspects of the theory of multiple regression*, Math. Proc. Camb. Phil. Soc. 34, 1938. OUR READING: the bound
# above is our own short proof; we know no paper on this method that states it.
#
# **Next: 10.** The whole model, with each term as a switch.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Before the lab.** Names in `start(6, student="...")` give neighbours another number of classes in D.
#
# **Rubric.** *A* 2 points; *B* 3 (1 for a one-hot view, 2 for the right shape); *C* 2; *D* a bonus of 1, with a sentence that says why.
#
# **Discuss.**
#
# 1. The proof needs "independent given the class". When are two recordings of one class not independent?
# 2. With eight emotions there are seven components. Is that bad? For whom?
# 3. Class-paired EEG lost 0.8 points to one-hot here. Where did they go? (3,000 draws of EEG are a noisy copy of the label.)
# 4. What would centring each person do to the last slider? (Little: half of that nuisance is the utterance's.)
#
# **Explain your own plot** (read these): each student draws `draw_carried` for one number of classes and writes two sentences: what
# the orange squares mean, and what they would need to record to see the others.
