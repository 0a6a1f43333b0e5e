"""How strictly annotations are held against values while the tests run."""

from beartype import BeartypeConf, beartype

typechecked = beartype(conf=BeartypeConf(is_pep484_tower=True))
"""As type checkers read them: an int may stand where a float is asked for."""
