"""Grading: programs of strangers are run in a box, and judged from outside of it.

``sandbox`` is the box, ``runner`` what runs in it, ``wire`` how values pass its wall, ``stranger``
asks from outside, ``tests`` judges, ``rosters`` knows who is who, ``pages`` writes, ``grades`` does
it for all. What is judged never runs where the judge does: it can neither read the tests nor write
a result.
"""
