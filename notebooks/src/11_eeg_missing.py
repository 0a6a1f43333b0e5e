# %% [markdown]
# # 11 · EEG missing at inference
#
# **The question.** A model learned with EEG and speech. Now somebody speaks into a telephone: no cap, no EEG. What moves, what can still be
# told, and was the EEG worth anything?
#
# 45 minutes, under one of them computing, 400 MiB · needs numpy and notebooks 04 (CCA), 06 (class pairs) and 10 (step 2) · next: 12, evaluation
# and leakage · all data here are **SIMULATED**, so what is true is known.
#
# Afterwards you can
#
# 1. **trace** the road from speech alone, and say what moves when EEG goes,
# 2. **separate** what told EEG knows of a moment from what it knows of a class,
# 3. **judge** what EEG at training was worth, against a fair opponent.

# %% tags=["nbval-check-output"]
import numpy as np

from jmml_edu.course import check, hint, predict, progress, quiz, rate, show, sliders, start
from jmml_edu.course.lessons.data11 import HIDDEN_VOICE, NOISY, draw_world
from jmml_edu.course.lessons.models11 import Roads, tell_eeg
from jmml_edu.course.lessons.pictures11 import draw_honest, draw_moment, draw_owners, draw_told

session = start(11)
session

# %% [markdown]
# ## Three questions from before
#
# *3 minutes*

# %%
display(quiz("11.1"), quiz("11.2"), quiz("11.3"))

# %% [markdown]
# ## See it first
#
# *8 minutes*
#
# A **noisy world**: 24 people to learn from, ten labels per class, four classes; EEG is fairly good here, speech is noisy. This is chosen so
# that EEG has much to say; you will meet a world below in which it has little.
#
# Each pale mark is the speech of a new person, in the shared space of notebook 10 (its linear form, so that seconds are enough). The star is one moment.
# Switch its EEG off and on, then go to moment 4: EEG does not always help. Without a mouse: Tab to a control, then the space bar, or type a number and press Enter.

# %%
noisy = Roads(draw_world(NOISY))
sliders(lambda moment, eeg: draw_moment(noisy, moment, eeg), moment=(0, 39, 1, 12), eeg=["there", "missing"])

# %% [markdown]
# **Predict.** EEG goes missing for all 1,600 moments. By how much does the speech point move at most? (The cloud is about 5 wide.) And of 100
# decisions, how many change? Put your numbers in place of `...`.

# %%
moves, changes = predict("11.moves", ...), predict("11.changes", ...)
display(moves, changes)

# %%
new = noisy.world.new
speech, eeg, nothing = new.speech.values, new.eeg.values, np.full(new.eeg.values.shape, np.nan)
with_eeg = noisy.road.predict_proba(speech, eeg)
without = noisy.road.predict_proba(speech, nothing)
never = noisy.road.predict_proba(speech)
print("EEG missing, and never heard of, give the same to the last bit:", np.array_equal(without, never))
changed = 100 * np.mean(with_eeg.argmax(axis=1) != without.argmax(axis=1))
display(moves.against(0.0, close=0.1), changes.against(changed, close=10))

# %% [markdown]
# **The speech point does not move at all.** It is computed from speech, and EEG is not even an argument. What moves is the *fused decision*: a
# product of what speech says and what EEG says, each with the share that held-out people spoke for. (KNOWN: EEG may be absent at inference, arXiv 2503.18964.
# OUR READING: this fusion.)
#
# ## The road from speech alone
#
# *8 minutes*
#
# Four things were learned, and travel with the model: a mean and a scale for each speech feature, the directions of the
# shared space, and where each class lies in it. A telephone has speech and these four, nothing else.
#
# $$z = \frac{x - \text{mean}}{\text{scale}}\,B, \qquad \text{class} = \arg\min_c\; \lVert z - m_c \rVert^2 .$$
#
# ### Exercise A: walk it
#
# Two blanks; `hint("11.A")` helps. The new people are louder than those of the training: whose mean is right?

# %% tags=["exercise", "11.A"]
def speech_only(new, mean, scale, directions, class_means):
    codes = ((new - ...) / scale) @ directions
    apart = ((codes[:, None] - class_means) ** 2).sum(axis=2)  # row x class
    return ...  # the class of each row

check("11.A", speech_only)

# %% [markdown]
# ## EEG told from speech
#
# *10 minutes*
#
# Notebook 10 had a decoder *EEG from speech*. Let it tell the EEG that is missing. Here, in a **second world**, voices hide what is felt under a
# loud nuisance; EEG and speech are of the same moment. Try several moments.

# %%
hidden = Roads(draw_world(HIDDEN_VOICE))
told = {kind: tell_eeg(hidden, kind) for kind in ("trial", "class")}
sliders(lambda moment: draw_told(hidden, told["trial"], moment), moment=(0, 39, 1, 3))

# %% [markdown]
# Orange stays near grey, the mean of the class, and is far tamer than black. What of it belongs to *this* moment? Two guesses of a class correlate, even if neither
# knows the moment. So take the class away first.
#
# ### Exercise B: what is told within a class
#
# Rows are moments, columns EEG features. Take the mean of its class out of each row, in told and in real EEG; return the correlation of all that is left.

# %% tags=["exercise", "11.B"]
def told_within(told, real, labels):
    return ...  # one correlation

check("11.B", told_within)

# %% [markdown]
# Now **both pairings**. With *trial pairs* the decoder learned from EEG of the same moment. With *class pairs* each moment got the EEG of any trial of
# its class, while learning and while judging, as in a study whose EEG and speech come from different people. Both decoders read the same speech codes.

# %% tags=["nbval-check-output"]
from jmml_edu.course.lessons.judges11 import told_within as within

for kind, one in told.items():
    plain = np.corrcoef(one.told.ravel(), one.real.ravel())[0, 1]
    print(f"{kind} pairs: correlation {plain:.2f}, within classes {abs(within(one.told, one.real, one.labels)):.2f}")

# %% [markdown]
# > **"It rebuilds this person's EEG."** Put told EEG beside two recordings of its class, its own and another. How often is its own the nearer one?
# > A coin finds it in half of all cases. First, own means *this moment*; then, another moment of *this person*.

# %%
figure, words = draw_owners(told, new.provenance)
show(figure, alt=words)

# %% [markdown]
# With trial pairs it knows the moment a little: what was felt, not who felt it. With class pairs it knows the class, and not even the moment. Best guesses
# under squared error are means, weighted by what speech makes likely: no sample of EEG can cross.
#
# ## A fair opponent
#
# *7 minutes*
#
# Was EEG worth anything? "Better than plain speech" is cheap: the model has also seen 2,000 unlabelled utterances. Whoever has no EEG has these as well,
# and can do much with them. For instance: find out how **people** differ, and throw that away.
#
# ### Exercise C: speech without the person
#
# From training speech and its speakers, find the `n_directions` along which the means of people differ most; return the new speech without them.

# %% tags=["exercise", "11.C"]
def without_people(train, people, new, n_directions):
    return ...  # as many rows and columns as new

check("11.C", without_people)

# %% [markdown]
# `EEGFree` lets several such ways vote: speech as it is, without people, principal components, linear discriminants, with and without each speaker's mean. How
# much each may say is decided on held-out training people. The road is **the same vote with EEG's voters added**: nothing but EEG differs.
#
# ## The honest table
#
# *6 minutes*
#
# Six methods, the same 16 new people, ten labels per class. Bars are 95 % intervals over people. *Shuffled* is the same road whose EEG changed places within each person.

# %%
figure, words = draw_honest(hidden, "Second world: EEG teaches much and says little")
show(figure, alt=words)

# %%
figure, words = draw_honest(noisy, "Noisy world: EEG says much and teaches little")
show(figure, alt=words)

# %% [markdown]
# Teaching and saying are two things. In the second world EEG at test changes few decisions, **and not for the better**: the model gives it a
# small share. Still, EEG showed it which part of speech to listen to. And with **all** labels shown, the gain of the second world is gone: +0.0 points (-0.6 to +0.7;
# ten draws, `benchmarks/RESULTS.md`).
#
# ### Exercise D: write the conclusion
#
# Two worlds, six methods. Write what you would say in a paper, in 25 words or more: compared with whom, on whom, which difference, how sure, what is open. The check
# looks at the form; **a person reads the rest**.

# %% tags=["exercise", "11.D"]
conclusion = ...  # your sentences, between three quotes

check("11.D", conclusion)

# %% [markdown]
# ## Before you go
#
# *3 minutes*

# %%
display(quiz("11.4"), quiz("11.5"), quiz("11.6"))

# %%
rate(11)

# %%
progress()

# %% [markdown]
# ## In short
#
# - Speech codes never read EEG. When EEG goes, the fused decision moves, as far as EEG had a say.
# - Told EEG is a weighted mean. Take the class out before you believe it; with class pairs nothing is left.
# - Compare with the best that has no EEG, at the same labels, on the same people, and with shuffled EEG.
#
# **Inference**: using a model that has learned. **Fused decision**: one made of two opinions. **Told EEG**: what a decoder says of EEG that nobody recorded.
#
# KNOWN: EEG absent at inference, cross reconstruction, pairing by class (arXiv 2503.18964, abstract). OUR READING: the vote, the fusion, least squares as decoder.
#
# **Next: 12.** How scores rise that mean nothing.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Before the lab.** Run all once. Ask for predictions aloud before anyone runs on: most expect the speech point to move.
#
# **Rubric.** *A* 2 points; *B* 3 (1 for one number, 2 if class means are taken out of one side, 3 of both); *C* 3; *D* 4, read by you: 1 for the opponent, 1 for
# a difference with its interval, 1 for naming both worlds (EEG teaches in one, speaks in the other), 1 for what is open (simulated, one draw, few people, few labels).
#
# **Discuss.**
#
# 1. The second world gives EEG a share of 0.14 at test. Why so little, although EEG alone reaches 57 %? (Speech of this world, once EEG has taught it, reaches 77 %.)
# 2. Told EEG finds its moment in 7 of 10 cases. Which part of the EEG can it know, which not, and why not the person's?
# 3. Somebody trains with class pairs and shows a picture of told EEG that "looks like EEG". What would you ask for?
# 4. Would you put a cap on 24 people to save 30 labels per class?
#
# **Explain your own plot** (read these): exercise D. Two sentences more, on the picture that convinced you least.
