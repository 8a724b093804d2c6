"""Law packs: all of them load, a fact is read as of a day, and mistakes are told by line."""

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from libs.common.marked_yaml import InvalidDocument as InvalidLaw
from services.compliance.facts import SHAPES
from services.compliance.pack import Pack, load_pack
from tests.compliance.hires import LAW

PACKS = files("services.compliance") / "packs"
CODES = ["AE", "AU", "BR", "CA-ON", "DE", "ES", "FR", "GB", "IE", "IN", "JP", "NL", "PL", "PT",
         "SE", "SG", "US-CA", "US-NY"]  # fmt: skip


def test_every_jurisdiction_loads() -> None:
    assert sorted(LAW.packs) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_pack_knows_every_fact_and_names_its_own_text(code: str) -> None:
    pack = LAW.packs[code]
    assert pack.facts.keys() == SHAPES.keys()
    assert pack.version.startswith(f"{code}@")


@pytest.mark.parametrize(
    ("code", "day", "rate", "doubt"),
    [
        pytest.param("PT", date(2025, 12, 31), "870", None, id="the last day of a version"),
        pytest.param("PT", date(2026, 1, 1), "920", None, id="the first day of the next"),
        pytest.param("PT", date(2027, 1, 1), "920", "ended on 2026-12-31", id="lapsed"),
        pytest.param("PT", date(2024, 12, 31), None, "says nothing for", id="before all versions"),
        pytest.param("JP", date(2026, 10, 1), None, "does not know it", id="searched, not found"),
    ],
)
def test_a_fact_is_read_as_of_a_day(
    code: str, day: date, rate: str | None, doubt: str | None
) -> None:
    fact = LAW.packs[code].fact("pay.minimum_wage", day)
    rates = getattr(fact.value, "rates", None)
    assert (str(rates[0].value) if rates else None) == rate
    assert doubt is None or doubt in " ".join(fact.doubts)


@pytest.mark.parametrize(
    ("code", "fact", "day", "settled"),
    [
        pytest.param("DE", "contract.probation_max", date(2026, 12, 1), True, id="verified"),
        pytest.param("DE", "contract.written_particulars", date(2026, 12, 1), False,
                     id="not verified"),
        pytest.param("BR", "leave.paternity", date(2028, 6, 1), False, id="low confidence"),
        pytest.param("DE", "contract.probation_max", date(2020, 1, 1), False,
                     id="long before the research"),
        pytest.param("DE", "contract.probation_max", date(2024, 12, 1), True,
                     id="shortly before the research"),
        pytest.param("NL", "contractor.labour_leasing", date(2027, 1, 1), True,
                     id="from the day it is in force"),
    ],
)  # fmt: skip
def test_a_check_may_rely_only_on_what_is_settled(
    code: str,
    fact: str,
    day: date,
    settled: bool,  # noqa: FBT001  # a table row
) -> None:
    assert LAW.packs[code].fact(fact, day).settled is settled


def test_the_mark_of_a_fact_changes_with_its_text_alone(edited: "Edit") -> None:
    def mark(pack: Pack, fact: str) -> str:
        return pack.fact(fact, date(2026, 12, 1)).mark

    before = LAW.packs["DE"]
    after = edited("max: P6M", "max: P5M")
    assert mark(after, "contract.probation_max") != mark(before, "contract.probation_max")
    assert mark(after, "leave.annual_min") == mark(before, "leave.annual_min")
    assert after.version != before.version


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        pytest.param("max: P6M", "max: 6 months", 39, "an ISO 8601 duration", id="duration"),
        pytest.param("required: true", "required: 'yes'", 17, "must be true or false",
                     id="truth"),
        pytest.param("language: no language rule", "language: no", 22, "put it in quotes",
                     id="a bare no is not text"),
        pytest.param("as_of: '2025-06-01'", "as_of: 'June 2025'", 25, "must be a date", id="date"),
        pytest.param("confidence: high", "confidence: sure", 26, "'high', 'medium' or 'low'",
                     id="confidence"),
        pytest.param("effect: notice", "efect: notice", 42, "not known here", id="misspelt key"),
        pytest.param("      evidence: null\n", "", 14, "evidence: this key is missing",
                     id="missing key"),
        pytest.param("anchor: employment_start", "anchor: start", 19, "employment_start",
                     id="unknown anchor"),
        pytest.param("to: '2025-12-31'", "to: '2026-01-01'", 321, "oldest first",
                     id="overlap by a day"),
        pytest.param("to: '2025-12-31'", "to: '2026-12-31'", 321, "oldest first", id="overlap"),
        pytest.param("code: DE", "code: FR", 3, "must be called FR.yaml", id="another's code"),
        pytest.param("name: Germany", "name: Germany\nname: Deutschland", 5, "here twice",
                     id="key twice"),
        pytest.param("name: Germany", "name: [Germany", 5, "not YAML", id="not YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_line(
    edited: "Edit", old: str, new: str, line: int, complaint: str
) -> None:
    with pytest.raises(InvalidLaw) as refused:
        edited(old, new)
    [*told] = [problem for problem in refused.value.problems if complaint in str(problem)]
    assert [(problem.file, problem.line) for problem in told] == [("packs/DE.yaml", line)]


def test_every_mistake_is_told_at_once(edited: "Edit") -> None:
    with pytest.raises(InvalidLaw) as refused:
        edited("confidence: high", "confidence: sure", times=3)
    assert [problem.line for problem in refused.value.problems] == [26, 46, 66]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"", "packs/DE.yaml:1: the file is empty", id="empty"),
        pytest.param(b"schema: 1\n\xff\xfe", "packs/DE.yaml:2: not UTF-8 text", id="not text"),
        pytest.param(b"- 1\n", "packs/DE.yaml:1: the file: ", id="a list"),
    ],
)
def test_what_is_no_pack_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(InvalidLaw, match=complaint):
        written(tmp_path, content)


Edit = Callable[..., Pack]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """The German pack with one text in it replaced by another, the first `times` it stands."""

    def edit(old: str, new: str, times: int = 1) -> Pack:
        text = (PACKS / "DE.yaml").read_text()
        assert old in text
        return written(tmp_path, text.replace(old, new, times).encode())

    return edit


def written(folder: Path, content: bytes) -> Pack:
    packs = folder / "packs"
    packs.mkdir()
    (packs / "DE.yaml").write_bytes(content)
    return load_pack(packs, "DE.yaml")
