"""A submission, asked from outside: its functions can be called, and it has a limit of time.

Whatever it answers is data; whatever it does not answer in time is the end of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from queue import Empty, Queue
from threading import Semaphore, Thread
from typing import Any

from jmml_edu.course.grading.sandbox import Limits, boxed, open_rules
from jmml_edu.course.grading.wire import MOST_BYTES, packed, unpacked


class StrangerError(Exception):
    """What a submission did instead of answering, in words for its author."""


class Stranger:
    """One submission in its box.

    Parameters
    ----------
    cells
        The code of its notebook.
    limits
        What it may use.

    Attributes
    ----------
    errors
        For each cell what it failed with, or nothing.
    ended
        Whether it was ended: it has to begin anew.

    Raises
    ------
    StrangerError
        If its cells take too long, or too much.
    """

    def __init__(self, cells: list[str], limits: Limits) -> None:
        self._limits, self.ended = limits, False
        rules = open_rules()
        runner = [sys.executable, "-s", "-m", "jmml_edu.course.grading.runner"]
        try:
            self._box = subprocess.Popen(
                boxed([*runner, str(limits.memory_mb)], rules=rules), pass_fds=(rules,),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        finally:
            os.close(rules)
        self._answers: Queue[bytes] = Queue()
        self._wanted = Semaphore(0)  # one line is read for each question, so nobody can flood
        self._listening = Thread(target=self._listen, daemon=True)
        self._listening.start()
        ran = self._ask({"cells": cells}, limits.seconds)
        self.errors = [str(one) for one in ran] if isinstance(ran, list) else []

    def __enter__(self) -> Stranger:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def call(self, name: str, *arguments: Any) -> Any:
        """Return what one of its functions returns: numbers, texts, arrays, lists of them.

        Raises
        ------
        StrangerError
            If there is no such function, it fails, or it takes too long.
        """
        return self._value({"call": [name, [packed(one) for one in arguments]]})

    def value(self, name: str) -> Any:
        """Return one of its variables."""
        return self._value({"value": name})

    def end(self) -> None:
        """Kill it, with all that it started."""
        self.ended = True
        self._box.kill()
        self._box.wait()
        self._wanted.release()
        self._listening.join(timeout=10)
        for pipe in (self._box.stdin, self._box.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def _value(self, asked: dict[str, Any]) -> Any:
        """Return the value of an answer."""
        try:
            return unpacked(self._ask(asked, self._limits.call_seconds))
        except (ValueError, RecursionError, TypeError) as error:
            raise StrangerError(f"answered with no value ({error})") from None

    def _ask(self, asked: dict[str, Any], seconds: float) -> Any:
        """Return what it says, or raise what it did instead."""
        line = json.dumps(asked).encode() + b"\n"
        Thread(target=self._send, args=(line,), daemon=True).start()  # it may never read
        self._wanted.release()
        try:
            heard = self._answers.get(timeout=seconds)
        except Empty:
            self.end()
            raise StrangerError(f"took longer than {seconds:g} s") from None
        try:
            told = json.loads(heard)
        except (ValueError, RecursionError):
            self.end()
            raise StrangerError("stopped, or used too much memory") from None
        if isinstance(told, dict) and "said" in told:
            return told["said"]
        failed = str(told.get("failed", "")) if isinstance(told, dict) else ""
        raise StrangerError(f"failed with {failed[:300]}" if failed else "answered with no value")

    def _send(self, line: bytes) -> None:
        """Write a line, if there is still somebody to read it."""
        with suppress(OSError, ValueError):
            if self._box.stdin:
                self._box.stdin.write(line)
                self._box.stdin.flush()

    def _listen(self) -> None:
        """Hear one line for each question; an empty one is the end, or one that is too long."""
        line = b"\n"
        while line.endswith(b"\n"):
            self._wanted.acquire()
            line = b""
            with suppress(OSError, ValueError):
                if self._box.stdout:
                    line = self._box.stdout.readline(MOST_BYTES)
            self._answers.put(line if line.endswith(b"\n") else b"")
