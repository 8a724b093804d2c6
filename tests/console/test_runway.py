"""The runway shows who starts when, from a week before today to four weeks after."""

from datetime import timedelta

from services.console.board import Slot
from services.console.runway import BASE, COLUMN, DAYS_AFTER, DAYS_BEFORE, runway
from tests.console.hires import START

DAY = timedelta(days=1)


def test_a_square_for_each_hire_those_in_trouble_on_top() -> None:
    drawn = runway([Slot(START, "blocked", 1, 1), Slot(START, "ready", 2, 0)], START)
    column = drawn.columns[DAYS_BEFORE]

    assert (column.day, column.x, column.hires, column.late) == (START, drawn.today_x, 3, 1)
    assert [mark.status for mark in column.marks] == ["ready", "ready", "blocked"]
    assert [mark.y for mark in column.marks] == sorted((m.y for m in column.marks), reverse=True)


def test_many_hires_of_one_day_become_a_bar_that_fits() -> None:
    drawn = runway([Slot(START, "ready", 400, 0), Slot(START, "blocked", 2, 0)], START)
    marks = drawn.columns[DAYS_BEFORE].marks

    assert len(marks) == 2
    assert all(0 <= mark.y < BASE for mark in marks)


def test_who_starts_outside_of_it_is_counted() -> None:
    early, late = START - (DAYS_BEFORE + 1) * DAY, START + (DAYS_AFTER + 1) * DAY
    drawn = runway([Slot(early, "active", 3, 0), Slot(late, "checking", 5, 0)], START)

    assert (drawn.before, drawn.after) == (3, 5)
    assert not any(column.marks for column in drawn.columns)


def test_without_hires_there_are_still_the_days() -> None:
    drawn = runway([], START)

    assert len(drawn.columns) == DAYS_BEFORE + DAYS_AFTER + 1
    assert drawn.width == len(drawn.columns) * COLUMN
