# %% [markdown]
# # 00 · Start here
#
# **The question.** A lab can record EEG and speech together. A phone hears speech alone. If a model may look at
# EEG *while it learns*, does it recognise emotion better afterwards, *from speech alone*?
#
# 20 minutes, ten seconds of them computing, 300 MiB · needs Python and numpy · all data here are **SIMULATED**: nobody
# was recorded, so nothing below is a finding about people.
#
# Afterwards you can
#
# 1. **read** the explorer: what a point is, and what the EEG switch changes,
# 2. **compute** the code of an utterance: take a mean away, multiply,
# 3. **compare** two models by the recall of each class.
#
# ## See it first
#
# *6 minutes*
#
# Click into the next cell, press Shift + Enter, and wait a few seconds: a trained model opens, from a file. **Each point is one
# utterance.** In the left panel it lies where its EEG falls, in the middle where its speech falls; colour and shape name what raters heard
# in it. Filled points are of eight people the model never met.
#
# 1. **Hear.** Click a filled point: the utterance plays, and you see its spectrogram and its EEG. Which emotion would you say?
# 2. **Switch EEG off and on**, at the top: *speech alone*, *with EEG*. What changes, the points or the bars that say how sure the model is?
# 3. **Train.** Drag the slider of the training. Do the solid lines, new people, grow as the dashed ones do?
#
# Without a mouse: Tab to a panel, arrows, Enter; `?` shows all keys.

# %%
import numpy as np

from jmml_edu.course import check, hint, predict, progress, quiz, rate, show, sliders, start
from jmml_edu.course.lessons.data00 import opened_road
from jmml_edu.explorer import Explorer

session = start(0, student="")  # your name between the quotes, if your course asks for it
explorer = Explorer(opened_road(), clips=6)
display(session, explorer)

# %% [markdown]
# You hear the whole voice. **The model hears its rhythm only**, as through a wall: when somebody speaks, how fast, and the pauses, 8
# columns of 101. We chose that on purpose; the file says why ("the road" is what this package calls a trained model):

# %% tags=["nbval-check-output"]
scene = explorer.scene
print(scene.words[0])

# %% [markdown]
# A share of 0.56: people held out in training are known best if rhythm and EEG decide together, each with about half of the say. Beside the
# whole voice this EEG has less to add, and gets less to say. Both happen in real studies.
#
# ## What the switch changes
#
# *4 minutes*
#
# **Predict.** The explorer counts for you: with EEG the model is right more often than with speech alone. For which share of new
# people's utterances does its **answer change** when EEG is switched on? Put a number between 0 and 1 in place of `...`.

# %%
bet = predict("00.changed", ...)
bet

# %% tags=["nbval-check-output"]
alone, with_eeg = (says.argmax(axis=1) for says in (scene.speech_says, scene.both_say))
changed = np.mean(alone[scene.held_out] != with_eeg[scene.held_out])
print(f"another answer for {changed:.0%} of new people's utterances")
bet.against(changed, close=0.1)

# %%
from jmml_edu.course.lessons.pictures00 import draw_switch

figure, words = draw_switch(scene)
show(figure, alt=words)

# %% [markdown]
# Many answers change, for the better and for the worse; what is gained is the difference. Read its interval before you say
# "better": eight people are few. And mind the question: EEG that is there **at inference** is one thing; a phone has none. What EEG can do
# **while learning** is what the next notebooks are about.
#
# ### Explore: an utterance that only EEG tells right
#
# *optional, 3 minutes*
#
# Select a filled point that the model gets right with EEG on, and wrong with EEG off. Then run this cell.

# %% tags=["exercise", "00.C"]
check("00.C", explorer.selected)

# %% [markdown]
# ## From 8 numbers to 2
#
# *4 minutes*
#
# How does an utterance get its place? Take the **mean** of the people learned from away, so that 0 is the middle. Then multiply by a
# **direction** and add up: one number says how far along it the utterance lies. Two directions, two numbers, a point. With a pencil first:
#
# $$x = (3, 5), \quad \text{mean} = (1, 2), \quad \text{direction} = (0.6, 0.8): \qquad (3-1)\cdot 0.6 + (5-2)\cdot 0.8 = 3.6$$

# %% tags=["nbval-check-output"]
x, mean, direction = np.array([3, 5]), np.array([1, 2]), np.array([0.6, 0.8])
print("from the middle:", x - mean)
print("along the direction:", (x - mean) @ direction)

# %% [markdown]
# ### Exercise A: from a row to its code
#
# Now for many rows and directions at once: `x` has one row per utterance, `directions` one column per direction. Fill the
# two blanks. `check` tries your function on numbers that nobody has seen before. Stuck? Run `hint("00.A")` in a new cell.

# %% tags=["exercise", "00.A"]
def code(x, mean, directions):
    centred = ...  # each row, seen from the middle
    return centred @ ...

check("00.A", code)

# %% [markdown]
# ## Better at what?
#
# *4 minutes*
#
# Most of what people say is calm. Move the slider: how good does a model look that says "calm" **every time**?

# %%
from jmml_edu.course.lessons.pictures00 import draw_lazy

sliders(draw_lazy, calm=(50, 95, 5, 50))

# %% [markdown]
# > **"More accuracy is a better model."** At 90 calm of 100 the lazy one has the higher accuracy, and never finds anybody who is not
# > calm. Ask class by class: of all that *are* of this class, which share was found? That is its **recall**. The mean over classes is
# > the **average recall**; guessing gives 1 / classes, whatever is frequent.
#
# ### Exercise B: the average recall
#
# `truth` and `said` are arrays of class names. Write it in two or three lines.

# %% tags=["exercise", "00.B"]
def average_recall(truth, said):
    return ...  # one number between 0 and 1

check("00.B", average_recall)

# %% [markdown]
# ## Where do you begin?
#
# *2 minutes*
#
# Four short questions. "I do not know" is an honest answer; each leads to a notebook. (If you mean to take the whole course, answer its
# twenty questions first, and again at its end: in a new cell, `from jmml_edu.course import inventory`, then `inventory("before")`.)

# %%
display(quiz("00.1"), quiz("00.2"), quiz("00.3"), quiz("00.4"))

# %% [markdown]
# Run the next cell when you have answered.

# %%
from jmml_edu.course.lessons.entry00 import where_to_begin

where_to_begin()

# %% [markdown]
# ## Before you go
#
# *optional, 2 minutes*

# %%
display(quiz("00.5"), quiz("00.6"))

# %%
rate(0)

# %%
progress()

# %% [markdown]
# ## In short
#
# - A point is an utterance; its place comes from its own signal. The EEG switch changes the decision, not the place.
# - A code is a row minus a mean, times directions.
# - Compare models by average recall, on people they never met, with an interval.
#
# **Code**: the few numbers that stand for an utterance. **Recall**: of all that are of a class, the share that was found.
# **Held out**: not learned from. **Share**: how much EEG may say in a decision.
#
# KNOWN: the method of arXiv 2503.18964 learns from EEG and speech in two steps and recognises from speech alone; its EEG and speech
# were not recorded together but paired by emotion. OUR READING: everything the paper's abstract leaves open, here how the model
# weighs EEG against speech. How the samples were made: `data_samples/DATASHEET.md`.
#
# **Next:** the notebook that the questions named; in the order of the course, 04.

# %% [markdown] tags=["instructor"]
# ## For the instructor
#
# **Before the lab.** Run all once on a learner's machine, with headphones. The model comes from `data_samples/make_scene.py`; nothing
# is trained here.
#
# **Rubric.** *A* 1 point; *B* 2 (1 for one right recall); *C* 1 bonus.
#
# **Discuss.**
#
# 1. Rhythm and EEG share the decision, and together know more than either. What must be true of two opinions for that, and when does mixing do harm?
# 2. Everybody heard more than the model did. Were you better than 25 %? How would you find out fairly?
# 3. When is accuracy the right score?
# 4. Who is hurt if a class is rare and its recall is low?
#
# **Explain your own plot** (read these): each student takes one utterance that EEG gets wrong and writes two sentences: what rhythm says, what
# EEG says, and whom they would believe.
