"""Rules as data: the house's own load, and mistakes are told by line to who reads no Python."""

from importlib.resources import files
from pathlib import Path

import pytest

from libs.common.contracts.values import Terms
from libs.common.marked_yaml import InvalidDocument as InvalidLaw
from services.compliance.answers import FORMAT_OF_TERM
from services.compliance.law import load_law
from services.compliance.rule import Rule, load_rule
from tests.compliance.hires import LAW

SERVICE = files("services.compliance")


def test_every_rule_of_the_house_loads() -> None:
    assert [rule.id for rule in LAW.rules] == [
        "annual-leave",
        "contractor-status",
        "data-residency",
        "data-transfer",
        "eor-licence",
        "ip-clause",
        "minimum-wage",
        "notice",
        "overtime",
        "payroll-registration",
        "permanent-establishment",
        "probation",
        "telework-agreement",
        "working-time",
        "written-contract",
    ]


def test_every_term_can_be_asked_for() -> None:
    assert FORMAT_OF_TERM.keys() == Terms.model_fields.keys()


@pytest.mark.parametrize(
    ("old", "new", "where", "complaint"),
    [
        pytest.param("fact: contract.probation_max", "fact: contract.probation", "fact:",
                     "no pack has a fact", id="unknown fact"),
        pytest.param('free: "!law.statutory"', 'free: "!law.statutary"', "free:",
                     "undeclared reference to 'law.statutary'", id="unknown key of the fact"),
        pytest.param("hire.engagement != engagement.contractor",
                     "hire.engagement != engagement.freelance", "applies:",
                     "undeclared reference to 'engagement.freelance'", id="unknown value"),
        pytest.param('"P0D" && law.max', "5 && law.max", "judged_when:",
                     "no matching overload", id="types do not match"),
        pytest.param('terms.probation == "P0D"\n', "terms.probation <= law.max\n", "requires:",
                     "compared by size", id="durations compared as text"),
        pytest.param("{law.max} ({law.when}), until", "{law.most}, until", "met:",
                     "undeclared reference to 'law.most'",
                     id="unknown word in a sentence"),
        pytest.param("    answer: duration", "    answer: date", "    answer:",
                     "terms.probation is answered by duration", id="answered by another form"),
        pytest.param("  terms.position:\n    ask", "  terms.telework:\n    ask", "asks:",
                     "terms.position is read, but nothing says how", id="no question for it"),
        pytest.param("owner: hr", "owner: boss", "owner:", "'legal'", id="no such role"),
        pytest.param("title: The", "titel: The", "titel:", "not known here", id="misspelt key"),
        pytest.param("id: probation", "id: trial", "id:", "must be called trial.yaml",
                     id="another's name"),
        pytest.param("  free: The law", "  # The law", "says:", "belong together",
                     id="no sentence for the free case"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_line(
    edited: "Edit", old: str, new: str, where: str, complaint: str
) -> None:
    with pytest.raises(InvalidLaw) as refused:
        edited(old, new)
    [told] = [problem for problem in refused.value.problems if complaint in str(problem)]
    assert told.file == "rules/probation.yaml"
    assert told.line == line_of(where, (edited.folder / told.file).read_text())


def test_a_case_that_no_rule_reads_is_told(tmp_path: Path) -> None:
    """Rewording a case of the law in a pack asks for its reading to be looked at again."""
    copy(tmp_path, "packs/DE.yaml", ("when: open-ended", "when: permanent"))
    copy(tmp_path, "rules/probation.yaml", ("  DE:", "  DE:"))
    with pytest.raises(InvalidLaw) as refused:
        load_law(tmp_path)
    told = [str(problem) for problem in refused.value.problems]
    line = line_of("  DE:", (tmp_path / "rules/probation.yaml").read_text())
    assert told == [
        f"rules/probation.yaml:{line}: brackets.DE: does not read the case 'permanent'",
        f"rules/probation.yaml:{line + 1}: brackets.DE.open-ended: the pack has no such case",
    ]


def test_the_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    copy(tmp_path, "packs/DE.yaml", ("schema: 1", "schema: 2"))
    copy(tmp_path, "packs/PT.yaml", ("schema: 1", "schema: 2"))
    copy(tmp_path, "rules/probation.yaml", ("owner: hr", "owner: boss"))
    with pytest.raises(InvalidLaw) as refused:
        load_law(tmp_path)
    assert [problem.file for problem in refused.value.problems] == [
        "packs/DE.yaml",
        "packs/PT.yaml",
        "rules/probation.yaml",
    ]


def test_the_version_of_the_law_changes_with_a_pack_and_with_a_rule(tmp_path: Path) -> None:
    copy(tmp_path, "packs/US-CA.yaml", ("name:", "name:"))
    copy(tmp_path, "rules/eor-licence.yaml", ("id:", "id:"))
    before = load_law(tmp_path).version("US-CA")
    copy(tmp_path, "rules/eor-licence.yaml", ("owner: legal", "owner: hr"))
    with_other_rule = load_law(tmp_path).version("US-CA")
    copy(tmp_path, "packs/US-CA.yaml", ("name: United", "name: The United"))
    assert len({before, with_other_rule, load_law(tmp_path).version("US-CA")}) == 3


class Edit:
    """The probation rule with one text in it replaced by another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, old: str, new: str) -> Rule:
        copy(self.folder, "rules/probation.yaml", (old, new))
        return load_rule(self.folder / "rules", "probation.yaml")


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    return Edit(tmp_path)


def copy(folder: Path, file: str, change: tuple[str, str]) -> None:
    text = SERVICE.joinpath(file).read_text()
    assert change[0] in text
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(text.replace(*change, 1))


def line_of(text: str, content: str) -> int:
    return next(at for at, line in enumerate(content.splitlines(), start=1) if text in line)
