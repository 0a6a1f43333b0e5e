"""Look at the machine and the installation, and say how to mend what is wrong.

In comes nothing; out comes one :class:`Finding` per thing looked at. Nothing heavy is imported.
"""

from __future__ import annotations

from jmml_edu.doctor.jupyter import jupyter_findings
from jmml_edu.doctor.machine import file_findings, machine_findings, memory_limit_mib
from jmml_edu.doctor.nouns import Finding
from jmml_edu.doctor.packages import package_findings

__all__ = ["Finding", "diagnose", "memory_limit_mib"]


def diagnose() -> list[Finding]:
    """Return what was found about Python, the machine, the packages and the files.

    Returns
    -------
    list of Finding
        Machine first, packages then, JupyterLab, files last; each that is not ok has a remedy.

    Examples
    --------
    >>> from jmml_edu.doctor import diagnose
    >>> diagnose()[0].name
    'Python'
    >>> all(finding.remedy for finding in diagnose() if not finding.ok)
    True
    """
    return [*machine_findings(), *package_findings(), *jupyter_findings(), *file_findings()]
