"""The pages that readers get: the README, what lies beside it, and the sources of the site."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "docs" / "site"
PAGES = (
    *sorted(ROOT.glob("*.md")),
    *sorted(SITE.glob("*.md")),
    ROOT / "docs" / "evidence.md",
    ROOT / "data_samples" / "DATASHEET.md",
    ROOT / "benchmarks" / "RESULTS.md",
    ROOT / "notebooks" / "src" / "README.md",
)
BUILT = {"notebooks", "api"}
"""Folders of the site that the build writes."""


def blocks(path: Path, language: str) -> list[str]:
    """The blocks of code on a page."""
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def inside_links(path: Path) -> list[str]:
    """What a page points to that is not on the web, without the place within the page."""
    text = re.sub(
        r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    targets = re.findall(r"\]\(<?([^)#>\s]+)", text) + re.findall(r"\{doc}`[^`<]*<([^>]+)>`", text)
    return [target for target in targets if not re.match(r"https?:|mailto:", target)]
