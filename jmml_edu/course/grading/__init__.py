"""Grading: programs of strangers are run in a box, and judged from outside of it.

``sandbox`` is the box, ``runner`` what runs in it, ``wire`` how values pass its wall, ``stranger``
asks from outside, ``judging`` judges by hidden tests, ``rosters`` knows who is who, ``grades`` does
it for all and writes. What is judged never runs where the judge does: it can neither read the tests
nor write a result.
"""
