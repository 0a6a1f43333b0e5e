"""Grading: right and wrong notebooks get their points, and hostile ones get nowhere."""

from __future__ import annotations

import csv
import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from sentences import refused

from jmml_edu.course.grading.grades import grade, notebooks_in, student_page
from jmml_edu.course.grading.judging import Graded, Outcome, judge, read_tests
from jmml_edu.course.grading.rosters import Roster, matched, read_roster, write_import
from jmml_edu.course.grading.sandbox import Limits, check_sandbox, visible
from jmml_edu.course.grading.stranger import Stranger, StrangerError
from jmml_edu.course.grading.wire import Other, packed, unpacked

LIMITS = Limits(seconds=120, call_seconds=4, memory_mb=1500)
SECRET = "only the instructor knows 271828"

HIDDEN = f'''
"""{SECRET}"""
import numpy as np

def test_doubles(student):
    """Doubles an array (2 points)."""
    x = np.random.default_rng(5).normal(size=7)
    assert np.allclose(student.call("double", x), 2 * x), "Each number should be twice as large."

def test_answer(student):
    """Knows the answer."""
    assert student.value("answer") == 42
'''
GOOD = "import numpy as np\ndef double(x):\n    return x + x\n", "answer = 42"


@pytest.fixture(scope="module")
def sandbox() -> None:
    """A machine with bubblewrap, or a skip that says what is missing; in CI there must be one."""
    from jmml_edu._checks import InputError

    try:
        check_sandbox()
    except InputError as missing:
        if os.environ.get("JMML_EDU_CI"):
            raise
        pytest.skip(str(missing))


def write(path: Path, *cells: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("hidden")
    (folder / "tests04.py").write_text(HIDDEN)
    return folder


@pytest.fixture(scope="module")
def results(
    sandbox: None, hidden: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Graded]]:
    """Three honest notebooks and one that is none, graded."""
    folder: Path = tmp_path_factory.mktemp("graded")
    write(folder / "in" / "ada@school.org.ipynb", *GOOD)
    write(folder / "in" / "Bob Lee_77_assignsubmission_file_" / "04.ipynb",
          "def double(x):\n    return x", "answer = 42", "1 / 0")  # fmt: skip
    write(folder / "in" / "=cmd.ipynb", "nothing = 1")
    (folder / "in" / "none.ipynb").write_text("{}")
    graded = grade(folder / "in", hidden, folder / "out", limits=LIMITS)
    return folder / "out", {one.name: one for one in graded}


def test_right_answers_get_their_points_and_wrong_ones_a_word(
    results: tuple[Path, dict[str, Graded]],
) -> None:
    graded = results[1]
    assert (graded["ada@school.org"].points, graded["ada@school.org"].most) == (3, 3)
    bob = graded["Bob Lee_77_assignsubmission_file_"]
    assert [(o.points, o.word) for o in bob.outcomes] == [
        (0, "Each number should be twice as large."), (1, ""),
    ]  # fmt: skip
    assert bob.notes == ("Code cell 3 failed with ZeroDivisionError: division by zero",)
    assert [o.word for o in graded["=cmd"].outcomes] == [
        "Your code failed with KeyError: 'double'.", "Your code failed with KeyError: 'answer'.",
    ]  # fmt: skip
    assert {o.word for o in graded["none"].outcomes} == {"The notebook the file is no notebook."}


def test_results_are_a_table_a_file_and_a_page_each(
    results: tuple[Path, dict[str, Graded]],
) -> None:
    out = results[0]
    with (out / "grades.csv").open(newline="") as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert rows["ada@school.org"]["Doubles an array"] == "2"
    assert "'=cmd" in rows  # no formula for a spreadsheet
    told = json.loads((out / "grades.json").read_text())
    assert {one["name"]: one["points"] for one in told}["none"] == 0
    page = (out / "students" / "Bob Lee_77_assignsubmission_file_.html").read_text()
    assert "1 of 3 points" in page
    assert "division by zero" in page
    assert SECRET not in page


def test_what_a_submission_says_is_text_on_its_page() -> None:
    page = student_page(Graded("<b>", (Outcome("t", 1, 0, "<script>alert(1)</script>"),), ("<i>",)))
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page


EVIL = """
import os, shutil, subprocess, socket, sys
from pathlib import Path

def tried(*ways):
    said = []
    for way in ways:
        try:
            said.append(str(way())[:60])
        except BaseException as error:
            said.append("no: " + type(error).__name__)
    return said

def makes_processes():
    return tried(os.fork, lambda: subprocess.run(["ls"]), lambda: os.posix_spawn(
        "/bin/ls", ["ls"], {}), lambda: os.system("true") and 1 / 0)

def phones():
    return tried(lambda: socket.create_connection(("127.0.0.1", int(PORT)), timeout=2),
                 lambda: socket.create_connection(("192.0.2.1", 80), timeout=2))

def deletes(*places):
    return tried(*(lambda place=place: Path(place).unlink() for place in places),
                 lambda: shutil.rmtree("/usr"), lambda: shutil.rmtree(sys.prefix))

def writes(place):
    return tried(lambda: Path(place).write_text("100 of 100"),
                 lambda: Path(sys.prefix, "evil.pth").write_text("import evil"))

def reads(place):
    found = tried(lambda: Path(place).read_text())
    frame = sys._getframe()
    while frame:  # whoever calls could hold the answers
        found += [repr(frame.f_locals)[:2000], repr(list(frame.f_globals))[:2000]]
        frame = frame.f_back
    import gc
    found += [text for text in gc.get_objects() if isinstance(text, str) and "271828" in text]
    return found

def environment():
    return sorted(os.environ), sorted(os.listdir("/")), os.listdir("/proc")

def fakes():
    print('{"said": 42}', flush=True)
    for number in (0, 1, 2):
        os.write(number, b'{"said": 42}\\n')
    return 41

def fills():
    return tried(lambda: Path("/tmp/big").write_bytes(bytes(200_000_000)))

def limits_off():
    import resource
    return tried(lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))

def nests():
    made = []
    for _ in range(100):
        made = [made]
    return made

class Code:
    def __reduce__(self):
        return os.system, ("true",)

def code():
    return Code()
"""


@pytest.fixture(scope="module")
def evil(sandbox: None) -> Iterator[Stranger]:
    with socket.create_server(("127.0.0.1", 0)) as server:  # outside, somebody does listen
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
        with Stranger([EVIL, f"PORT = {port}"], LIMITS) as stranger:
            yield stranger


def test_no_process_can_be_made_so_no_fork_bomb(evil: Stranger) -> None:
    said = evil.call("makes_processes")
    assert [one[:3] for one in said] == ["no:"] * 4


def test_nothing_outside_can_be_reached(evil: Stranger) -> None:
    assert [one[:3] for one in evil.call("phones")] == ["no:", "no:"]


def test_no_file_of_the_machine_can_be_deleted_written_or_read(
    evil: Stranger, hidden: Path, tmp_path: Path
) -> None:
    precious, result = tmp_path / "precious", tmp_path / "grades.csv"
    precious.write_text("thesis")
    result.write_text("0 of 100")
    places = [str(precious), str(visible()[-1] / "__init__.py"), "/etc/passwd"]
    assert [one[:3] for one in evil.call("deletes", *places)] == ["no:"] * 5
    assert [one[:3] for one in evil.call("writes", str(result))] == ["no:"] * 2
    assert (precious.read_text(), result.read_text()) == ("thesis", "0 of 100")
    said = " ".join(evil.call("reads", str(hidden / "tests04.py")))
    assert said.startswith("no: FileNotFoundError")
    assert SECRET not in said


def test_the_machine_is_not_there(evil: Stranger) -> None:
    names, folders, processes = evil.call("environment")
    assert not {name for name in names if "TOKEN" in name or "KEY" in name or "SSH" in name}
    assert set(folders) <= {"tmp", "dev", "proc", "usr", "lib", "lib32", "lib64", "bin", "etc",
                            *(place.parts[1] for place in visible())}  # fmt: skip
    assert sum(one.isdigit() for one in processes) <= 3


def test_what_is_printed_is_no_answer(evil: Stranger) -> None:
    assert evil.call("fakes") == 41


def test_folder_and_limits_stay_as_they_are(evil: Stranger) -> None:
    assert evil.call("fills") == ["no: OSError"]
    assert evil.call("limits_off") == ["no: ValueError"]


def test_answers_are_data_or_nothing(evil: Stranger) -> None:
    assert evil.call("code") == Other("Code")
    with pytest.raises(StrangerError, match="answered with no value"):
        evil.call("nests")
    with pytest.raises(StrangerError, match="failed with KeyError"):
        evil.call("nobody")


def test_an_endless_loop_costs_its_own_test_only(
    sandbox: None, hidden: Path, tmp_path: Path
) -> None:
    loop = "def double(x):\n    while True:\n        pass"
    notebook = write(tmp_path / "loop.ipynb", loop, "answer = 42")
    graded = judge("loop", notebook, read_tests(hidden), LIMITS)
    assert [o.points for o in graded.outcomes] == [0, 1]
    assert graded.outcomes[0].word == "Your code took longer than 4 s."


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("x = bytearray(50 * 10**9)\nanswer = 42", "failed with KeyError"),
        ("import os; os._exit(0)", "stopped"),
        ("import os\nwhile True: os.write(9, b'a' * 10**6)", ""),
        ("import time; time.sleep(1000)", "took longer than"),
    ],
    ids=["50 GB", "exit", "flood", "sleep"],
)
def test_a_notebook_that_ends_itself_gets_nothing_and_harms_nobody(
    sandbox: None, hidden: Path, tmp_path: Path, cell: str, word: str
) -> None:
    notebook = write(tmp_path / "bad.ipynb", cell, "def double(x): return 2 * x")
    limits = Limits(seconds=5 if "sleep" in cell else 60, call_seconds=4, memory_mb=1500)
    graded = judge("bad", notebook, read_tests(hidden), limits)
    assert graded.outcomes[1].points == 0
    assert word in graded.outcomes[1].word


FLOOD = """
import os, threading
def flood():
    while True:
        for number in range(3, 30):
            try:
                os.write(number, b'{"said": 7}\\n' * 1000)
            except OSError:
                pass
threading.Thread(target=flood, daemon=True).start()
"""


def test_answers_that_nobody_asked_for_do_not_pile_up(sandbox: None) -> None:
    with Stranger([FLOOD], LIMITS) as stranger:
        assert isinstance(stranger.errors, list)
        time.sleep(1)
        assert stranger._answers.qsize() <= 1


def test_a_package_below_the_folder_in_memory_is_there(
    sandbox: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jmml_edu.course.grading import sandbox as module

    copy = tmp_path / "jmml_edu"
    shutil.copytree(module.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "PACKAGE", copy)
    with Stranger(["import jmml_edu\nplace = jmml_edu.__file__"], LIMITS) as stranger:
        assert stranger.value("place") == str(copy / "__init__.py")


def test_links_and_pipes_are_no_submissions(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.ipynb", "1")
    (tmp_path / "in" / "b.ipynb").symlink_to(write(tmp_path / "other.ipynb", "2"))
    os.mkfifo(tmp_path / "in" / "c.ipynb")
    assert list(notebooks_in(tmp_path / "in")) == ["a"]


def test_without_a_box_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, hidden: Path, tmp_path: Path
) -> None:
    write(tmp_path / "in" / "a.ipynb", "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with refused(
        "grade: sandbox must be there, because submissions are programs of strangers; got none."
        " Install bubblewrap on Linux (apt install bubblewrap); elsewhere use a Linux machine."
    ):
        grade(tmp_path / "in", hidden, tmp_path / "out")


def test_a_box_that_does_not_start_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with refused(
        "grade: sandbox must be there, because submissions are programs of strangers; got one that"
        " does not start: No permissions to create new namespace. Install bubblewrap on Linux (apt"
        " install bubblewrap); elsewhere use a Linux machine."
    ):
        check_sandbox()


def test_tests_must_lie_where_submissions_cannot_look(sandbox: None, tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", "1")
    inside = visible()[-1]
    with refused(
        f"grade: tests must lie where no submission can read it; got {inside}. Everything in"
        f" {inside} is visible to submissions: move it elsewhere."
    ):
        grade(tmp_path, inside, tmp_path / "out")


def test_empty_folders_are_refused(tmp_path: Path) -> None:
    with refused(
        f"grade: submissions must hold notebooks; got none in {tmp_path}. Name their folder."
    ):
        notebooks_in(tmp_path)
    with refused(
        "grade: tests must be a folder with functions test_...(student) in files *.py; got"
        f" {tmp_path}. `jmml-edu grade --help` says how they look."
    ):
        read_tests(tmp_path)
    write(tmp_path / "ann" / "a.ipynb", "1")
    write(tmp_path / "ann" / ".ipynb_checkpoints" / "a.ipynb", "1")
    assert list(notebooks_in(tmp_path)) == ["ann"]
    write(tmp_path / "ann" / "b.ipynb", "1")
    with refused(
        "grade: submissions must hold one notebook each; got two in 'ann'. Take one of them away."
    ):
        notebooks_in(tmp_path)


def done(name: str, points: float) -> Graded:
    return Graded(name, (Outcome("a test", 2, points, "" if points else "=Not yet."),))


def test_moodle_gets_its_columns_back(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "First name,Last name,Email address\nAda,Byron,ada@school.org\nBob,Lee,bob@school.org\n"
        "Bob,Leeson,leeson@school.org\n"
    )
    graded = [done("Bob Leeson_9_file_", 2), done("Bob Lee_77_file_", 0), done("stranger", 1)]
    nobody = write_import(tmp_path / "m.csv", read_roster(roster), graded, title="Lab 4")
    assert nobody == ["stranger"]
    with (tmp_path / "m.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [tuple(row.values()) for row in rows] == [
        ("ada@school.org", "", ""),
        ("bob@school.org", "0", "a test: =Not yet."),
        ("leeson@school.org", "2", "All tests passed."),
    ]


def test_the_longest_name_counts_and_between_two_of_one_name_nobody() -> None:
    names = ("Ann Lee", "Ann Lee Smith", "Bob Ray", "Bob Ray")
    rows = [
        dict(zip(("First name", "Last name"), name.split(" ", 1), strict=True)) for name in names
    ]
    graded = [done("Ann Lee Smith_1", 2), done("Ann Lee_2", 1), done("Bob Ray_3", 2)]
    found = matched(Roster(tuple(rows), "Moodle"), graded)
    assert {row: one.name for row, one in found.items()} == {0: "Ann Lee_2", 1: "Ann Lee Smith_1"}


def test_canvas_gets_its_columns_and_points_possible(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Old task\n"
        "    Points Possible,,,,,5\n"
        '"Byron, Ada",17,u1,ada,A,3\n"Lee, Bob",18,u2,bob,A,\n'
    )
    people = read_roster(roster)
    assert [one.name for one in matched(people, [done("ada", 2), done("Bob Lee", 1)]).values()] == [
        "ada", "Bob Lee",
    ]  # fmt: skip
    assert write_import(tmp_path / "c.csv", people, [done("Ada Byron", 2)], title="Lab 4") == []
    assert (tmp_path / "c.csv").read_text() == (
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab 4\n"
        "Points Possible,,,,,2\n"
        '"Byron, Ada",17,u1,ada,A,2\n"Lee, Bob",18,u2,bob,A,\n'
    )


def test_a_roster_of_no_platform_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("who\nAda\n")
    with refused(
        "grade: roster must have the columns of Canvas (Student, ID) or one of Moodle (Email"
        " address, ID number, Username); got ['who']. Export it from the platform again."
    ):
        read_roster(tmp_path / "r.csv")


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, "a", [1, [2.0]], {"a": 1}, np.arange(6.0).reshape(2, 3),
     np.array(["x", "yz"]), np.array([True]), np.float32(0.5), np.zeros((0, 3))],
)  # fmt: skip
def test_values_come_through_the_wall_as_they_were(value: object) -> None:
    np.testing.assert_equal(unpacked(json.loads(json.dumps(packed(value)))), value)


@pytest.mark.parametrize(
    "told",
    [
        {"array": "AAAA", "kind": "float64", "shape": [10**12]},
        {"array": "", "kind": "object", "shape": [0]},
        {"array": "AAAAAAAAAAA=", "kind": "datetime64[s]", "shape": [1]},
        {"texts": ["a"], "shape": [2]}, {"list": 3}, {"dict": [[1]]}, [1], {"array": "%"},
    ],
)  # fmt: skip
def test_what_is_no_value_does_not_come_through(told: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any refusal will do
        unpacked(told)
