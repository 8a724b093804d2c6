"""What holds for every hire, under every law, whatever was answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.compliance import CheckDecided, Outcome, Question, Verdict
from libs.common.contracts.values import DataTransfer, Engagement, Profile, Terms
from services.compliance.answers import FORMAT_IN_WORDS, AnswerFormat, read_answer
from services.compliance.law import Law, load_law
from services.compliance.pack import Fact
from tests.compliance.hires import LAW, WORKER, check

DURATIONS = st.builds(
    "P{}{}".format, st.integers(0, 400), st.sampled_from("YMWD")
) | st.sampled_from(["P0D", "P90D", "P3M", "P6M", "P9999Y"])
DAYS = st.dates(date(2022, 1, 1), date(2031, 12, 31))
SIGNS = sorted(
    {
        factor.id
        for pack in LAW.packs.values()
        for fact in pack.facts["contractor.misclassification_test"]
        for factor in getattr(fact.value, "factors", ())
    }
)
TERMS = st.builds(
    Terms,
    contract_kind=st.none() | st.sampled_from(["open_ended", "fixed_term"]),
    contract_signed_on=st.none() | DAYS,
    position=st.none() | st.sampled_from(["general", "technical", "management"]),
    probation=st.none() | DURATIONS,
    telework=st.none() | st.booleans(),
    telework_agreement_on=st.none() | DAYS,
    annual_leave_days=st.none() | st.integers(0, 40).map(Decimal),
    working_days_per_week=st.none() | st.integers(1, 7),
    weekly_hours=st.none() | st.integers(0, 80).map(Decimal),
    overtime_multiplier=st.none() | st.sampled_from(["0", "1.25", "2"]).map(Decimal),
    employer_notice=st.none() | DURATIONS,
    yearly_pay_floor=st.none() | st.integers(0, 10**7).map(Decimal),
    pay_currency=st.none() | st.sampled_from(["EUR", "USD", "JPY"]),
    own_entity=st.none() | st.booleans(),
    concludes_contracts=st.none() | st.booleans(),
    payroll_registered=st.none() | st.booleans(),
    ip_clause=st.none() | st.booleans(),
    data_transfer=st.none() | st.sampled_from(DataTransfer),
    data_stored_in=st.none() | st.sampled_from(["AE", "DE"]),
    eor_licensed=st.none() | st.booleans(),
    assignment_ends_on=st.none() | DAYS,
    contractor_signs=st.none() | st.lists(st.sampled_from(SIGNS), unique=True, max_size=8),
)
PROFILES = st.builds(
    Profile,
    jurisdiction=st.sampled_from([*sorted(LAW.packs), "BE"]),
    timezone=st.just("UTC"),
    role=st.just("ML engineer"),
    engagement=st.sampled_from(Engagement),
    starts_on=DAYS,
    worker=st.just(WORKER),
    terms=TERMS,
)
SEEDS = st.randoms(use_true_random=False)

ANSWERS = {
    FORMAT_IN_WORDS[AnswerFormat.DURATION]: "P1M",
    FORMAT_IN_WORDS[AnswerFormat.DATE]: "2022-01-01",
    FORMAT_IN_WORDS[AnswerFormat.YES_NO]: "yes",
    FORMAT_IN_WORDS[AnswerFormat.NUMBER]: "40",
    FORMAT_IN_WORDS[AnswerFormat.WEEKDAYS]: "5",
    FORMAT_IN_WORDS[AnswerFormat.CONTRACT_KIND]: "open_ended",
    FORMAT_IN_WORDS[AnswerFormat.POSITION]: "technical",
    FORMAT_IN_WORDS[AnswerFormat.AMOUNT]: "38",
    FORMAT_IN_WORDS[AnswerFormat.CURRENCY]: "EUR",
    FORMAT_IN_WORDS[AnswerFormat.PLACE]: "DE",
    FORMAT_IN_WORDS[AnswerFormat.DATA_TRANSFER]: "none",
    FORMAT_IN_WORDS[AnswerFormat.SIGNS]: "none",
}


@given(PROFILES, SEEDS)
def test_a_hire_is_clear_only_on_law_that_is_settled_or_confirmed(
    hire: Profile, random: Random
) -> None:
    decision = check(hire, some_answers(hire, random))
    if decision.verdict is Verdict.CLEAR:
        assert decision.findings
        for found in decision.findings:
            assert found.outcome is Outcome.MET
            assert found.confirmed or fact_of(hire, found.fact).settled


@given(PROFILES)
def test_the_same_inputs_give_the_same_decision(hire: Profile) -> None:
    assert check(hire) == check(hire) == check(hire, law=LAW_READ_AGAIN)


@given(PROFILES, SEEDS)
def test_answers_of_legal_only_settle_what_was_unknown(hire: Profile, random: Random) -> None:
    fewer = some_answers(hire, random)
    more = {**{name: random.random() < 0.5 for name in asked_of_legal(check(hire))}, **fewer}
    before, after = check(hire, fewer), check(hire, more)
    assert rules(before).keys() == rules(after).keys()
    for rule, outcome in rules(before).items():
        assert rules(after)[rule] is outcome or outcome is Outcome.UNKNOWN


@given(PROFILES)
def test_a_lapsed_fact_never_passes(hire: Profile) -> None:
    lapsed = law_that_ended_on(hire.starts_on - timedelta(days=1))
    decision = check(hire, law=lapsed)
    assert all(found.outcome is Outcome.UNKNOWN for found in decision.findings)
    assert decision.verdict is Verdict.NEEDS


@given(PROFILES)
def test_law_holds_on_the_last_day_it_is_in_force(hire: Profile) -> None:
    last = check(hire, law=law_that_ended_on(hire.starts_on))
    before = check(hire, law=law_that_ended_on(hire.starts_on + timedelta(days=1)))
    assert rules(last) == rules(before)


@given(PROFILES, SEEDS)
def test_what_is_unknown_is_asked_and_what_is_wrong_has_an_owner(
    hire: Profile, random: Random
) -> None:
    decision = check(hire, some_answers(hire, random))
    asked = {question.id for question in decision.questions}
    assert len(asked) == len(decision.questions)
    asked |= {doubt.matter for doubt in decision.awaits}
    for found in decision.findings:
        if found.outcome is Outcome.MET:
            assert (found.owner, found.remedy) == (None, None)
        else:
            assert found.owner
            assert found.remedy
        if found.outcome is Outcome.UNKNOWN:
            assert any(name in (found.remedy or "") for name in asked)


@given(PROFILES)
def test_who_answers_every_question_comes_to_a_verdict(hire: Profile) -> None:
    confirmations: dict[str, bool] = {}
    for _ in range(5):
        decision = check(hire, confirmations)
        for question in decision.questions:
            hire = answered(question, hire, confirmations)
        confirmations |= {doubt.matter: True for doubt in decision.awaits}
    assert check(hire, confirmations).verdict is not Verdict.NEEDS


@given(PROFILES)
def test_a_decision_survives_the_wire(hire: Profile) -> None:
    decision = check(hire)
    assert CheckDecided.model_validate_json(decision.model_dump_json()) == decision


@given(PROFILES)
def test_no_personal_data_stands_in_a_decision(hire: Profile) -> None:
    assert WORKER not in check(hire).model_dump_json()


LAW_READ_AGAIN = load_law()


def some_answers(hire: Profile, random: Random) -> dict[str, bool]:
    """A lawyer's answers to some of what is asked, yes or no."""
    asked = asked_of_legal(check(hire))
    return {name: random.random() < 0.8 for name in asked if random.random() < 0.7}


def asked_of_legal(decision: CheckDecided) -> list[str]:
    """The questions on the hire and the matters of law that legal is to answer."""
    questions = [q.id for q in decision.questions if not q.id.startswith("terms.")]
    return questions + [doubt.matter for doubt in decision.awaits]


def answered(question: Question, hire: Profile, confirmations: dict[str, bool]) -> Profile:
    answer = read_answer(question.id, ANSWERS[question.answer_format], hire)
    if isinstance(answer, Profile):
        return answer
    confirmations[question.id] = True
    return hire


def rules(decision: CheckDecided) -> Mapping[str, Outcome]:
    return {found.rule: found.outcome for found in decision.findings}


def fact_of(hire: Profile, fact: str) -> Fact:
    return LAW.packs[hire.jurisdiction].fact(fact, hire.starts_on)


def law_that_ended_on(day: date, law: Law = LAW) -> Law:
    """The law of the house, had every fact ended on this day."""

    def ended(versions: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(replace(f, held_to=day) for f in versions if (f.held_from or day) <= day)

    packs = {
        code: replace(pack, facts={name: ended(facts) for name, facts in pack.facts.items()})
        for code, pack in law.packs.items()
    }
    return replace(law, packs=packs)
