"""What the learner did, in one file on their own machine, and nowhere else.

The variable JMML_EDU_DIARY names another file. Each line is one event in JSON. A file that cannot
be written is no reason to stop a lesson: events are then kept until the kernel ends.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Event = dict[str, Any]


@dataclass
class Diary:
    """The events of one file and, where it cannot be written, of this kernel."""

    path: Path
    unwritten: list[Event] = field(default_factory=list)

    def add(self, what: str, name: str, **details: Any) -> None:
        """Write down that something happened, now."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        event = {"at": now, "what": what, "name": name, **details}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")
            written = self.path.is_file()  # a null device keeps nothing
        except OSError:
            written = False
        if not written:
            self.unwritten.append(event)

    def events(self, what: str = "", name: str = "") -> list[Event]:
        """Return what happened, oldest first: of one kind, of one name, or all."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except OSError:
            lines = []
        found = [event for line in lines if (event := _event(line))] + self.unwritten
        return [
            event for event in found if what in ("", event["what"]) and name in ("", event["name"])
        ]

    def erase(self) -> int:
        """Forget everything, and return how many events that were."""
        n_events = len(self.events())
        if self.path.is_file():
            self.path.unlink()
        self.unwritten.clear()
        return n_events


def _event(line: str) -> Event | None:
    """Return the event of a line, or nothing where the line was cut off or spoilt."""
    try:
        event = json.loads(line)
        return event if {"at", "what", "name"} <= set(event) else None
    except (ValueError, TypeError):
        return None


_open: dict[Path, Diary] = {}


def diary() -> Diary:
    """Return the diary of this machine; nothing is written before something happens."""
    named = os.environ.get("JMML_EDU_DIARY", "")
    path = Path(named) if named else Path.home() / ".jmml_edu" / "diary.jsonl"
    return _open.setdefault(path, Diary(path))
