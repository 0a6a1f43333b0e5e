"""What a run found, for somebody who was not there: one page, its figures, and the numbers."""

from jmml_edu.report.page import write_report
from jmml_edu.report.results import results_json
from jmml_edu.report.verdict import verdict

__all__ = ["results_json", "verdict", "write_report"]
