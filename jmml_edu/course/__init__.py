"""What the notebooks use besides the library itself."""

from jmml_edu.course.showing import show

__all__ = ["show"]
