"""A chart shows every figure there is, within its frame, and a gap where there is none."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.console.charts import HEIGHT, WIDTH, line

FIGURES = st.lists(
    st.none() | st.decimals(-1_000_000, 1_000_000, places=3), min_size=0, max_size=60
)


@given(FIGURES)
def test_every_figure_is_drawn_within_the_frame_in_order(values: list[Decimal | None]) -> None:
    drawn = line(values)

    assert [dot.index for dot in drawn.dots] == [i for i, v in enumerate(values) if v is not None]
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in drawn.dots)
    for one, other in zip(drawn.dots, drawn.dots[1:], strict=False):
        assert one.x < other.x


@given(FIGURES)
def test_a_greater_figure_never_stands_lower(values: list[Decimal | None]) -> None:
    known = [(v, d.y) for v, d in zip([v for v in values if v is not None], line(values).dots)]  # noqa: B905

    assert [y for _, y in sorted(known)] == sorted((y for _, y in known), reverse=True)


def test_no_data_is_a_gap_and_not_nought() -> None:
    drawn = line([Decimal(3), Decimal(4), None, Decimal(5), Decimal(6)])

    assert drawn.path.count("M") == 2
    assert len(drawn.dots) == 4


def test_figures_near_each_other_are_seen_to_differ() -> None:
    drawn = line([Decimal("0.91"), Decimal("0.93")])

    assert drawn.dots[0].y - drawn.dots[1].y > HEIGHT / 2
