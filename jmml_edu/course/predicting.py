"""Say first, run then: a prediction that is written down before the number is known."""

from __future__ import annotations

from dataclasses import dataclass
from types import EllipsisType

from jmml_edu._checks import fail_type
from jmml_edu.course.diary import diary
from jmml_edu.course.pages import Page, card


@dataclass(frozen=True)
class Prediction:
    """A number that was said beforehand.

    Attributes
    ----------
    name
        Which prediction of the notebook.
    said
        The number; None where nothing was said yet.
    """

    name: str
    said: float | None

    def against(self, found: float, *, close: float = 0.05) -> Page:
        """Compare what was said with what was found, and write both down.

        Parameters
        ----------
        found
            What came out.
        close
            Up to this difference a prediction counts as good.

        Examples
        --------
        >>> predict("99.coin", 0.5).against(0.52)
        ✔ You said 0.5, and it is 0.52
        """
        if self.said is None:
            return card(f"It is {found:.3g}", "You have not said a number; next time, bet first.")
        good = abs(self.said - found) <= close + 1e-9  # 0.90 and 0.85 are 0.05 apart to a reader
        diary().add("found", self.name, said=self.said, found=float(found), good=good)
        if good:
            return card(f"You said {self.said:g}, and it is {found:.3g}", tone="good")
        return card(
            f"You said {self.said:g}; it is {found:.3g}",
            "Good: a surprise is where learning begins. What did you think would happen instead?",
        )

    def _repr_html_(self) -> str:
        return self._page().html

    def __repr__(self) -> str:
        return self._page().text

    def _page(self) -> Page:
        if self.said is None:
            return card("Predict before you run on: put a number in place of `...`")
        return card(f"Written down: {self.said:g}", "Now run on and see.")


def predict(name: str, said: float | EllipsisType) -> Prediction:
    """Write down what you expect, before you see it.

    Parameters
    ----------
    name
        As in the notebook, like ``"04.noise"``.
    said
        Your number; ``...`` while you have none.

    Returns
    -------
    prediction
        ``prediction.against(found)`` compares it later.

    Raises
    ------
    TypeError
        If it is not a number.

    Examples
    --------
    >>> predict("99.coin", 0.5)
    ▸ Written down: 0.5
      Now run on and see.
    """
    if said is Ellipsis:
        return Prediction(name, None)
    if isinstance(said, bool) or not isinstance(said, int | float):
        fail_type("predict", "said", "be a number", repr(said), "Write one, such as 0.5.")
    diary().add("predict", name, said=float(said))
    return Prediction(name, float(said))
