"""What the notebooks use besides the library itself: exercises, questions, figures with words.

Nothing leaves the machine; ``progress()`` shows what is remembered and erases it.
"""

from jmml_edu.course.asking import quiz, rate
from jmml_edu.course.checking import check
from jmml_edu.course.comparing import compare
from jmml_edu.course.hinting import hint
from jmml_edu.course.inventory import inventory
from jmml_edu.course.predicting import predict
from jmml_edu.course.progressing import progress
from jmml_edu.course.session import start
from jmml_edu.course.showing import show, sliders

__all__ = [
    "check", "compare", "hint", "inventory", "predict", "progress", "quiz", "rate", "show",
    "sliders", "start",
]  # fmt: skip
