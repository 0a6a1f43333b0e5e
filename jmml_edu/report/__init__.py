"""What a run found, for somebody who was not there: one page, its figures, and the numbers."""

from jmml_edu.report.page import methods_paragraph, write_report
from jmml_edu.report.results import results_json
from jmml_edu.report.verdict import verdict

__all__ = ["methods_paragraph", "results_json", "verdict", "write_report"]
