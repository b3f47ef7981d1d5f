"""Laws of lines and labels: no overshoot, no overlap, nothing outside."""

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.figures.random_maps import NAMES, maps
from trod.figures import curve
from trod.figures.frame import frame
from trod.figures.mood_labels import labels, marks, radius
from trod.figures.mood_line import HEIGHT, PER_STAGE, lay_out, spread
from trod.figures.place import Box, Wish, place
from trod.figures.text import Face, fit, width, wrap

POINTS = st.lists(st.tuples(st.integers(1, 60), st.integers(-100, 100)), min_size=2, max_size=12)


@given(POINTS)
def test_the_curve_stays_between_neighbouring_values(gaps):
    points, x = [], 0
    for gap, y in gaps:
        x += gap
        points.append((float(x), float(y)))
    for (x0, y0), (x1, y1) in pairwise(points):
        for i in range(11):
            y = curve.value_at(points, x0 + (x1 - x0) * i / 10)
            assert min(y0, y1) - 1e-6 <= y <= max(y0, y1) + 1e-6


@given(st.lists(st.tuples(NAMES, st.floats(0, 400), st.floats(0, 200)), max_size=25))
def test_labels_never_overlap_each_other_their_marks_or_the_edge(spots):
    bounds = Box(0, 0, 400, 200)
    obstacles = [Box(x - 5, y - 5, x + 5, y + 5) for _, x, y in spots]
    wishes = [
        Wish(name or "?", x, y, 5.0, Face(12), i % 2 == 0, i % 3)
        for i, (name, x, y) in enumerate(spots)
    ]
    found = [spot for spot in place(wishes, bounds=bounds, marks=obstacles) if spot]
    assert not any(a.box.overlaps(b.box) for a, b in combinations(found, 2))
    assert not any(a.box.overlaps(mark) for a in found for mark in obstacles)
    assert all(spot.box.inside(bounds) for spot in found)


@settings(deadline=None, max_examples=examples(60))
@given(maps())
def test_no_label_of_a_random_map_covers_another_or_a_mark(m):
    columns = frame(m)
    line = lay_out(m, columns)
    found = [spot for group in labels(line, columns) for spot in group if spot]
    assert not any(a.box.overlaps(b.box) for a, b in combinations(found, 2))
    assert not any(a.box.overlaps(mark) for a in found for mark in marks(line))


@settings(deadline=None, max_examples=examples(40))
@given(maps(dense=True))
def test_on_a_dense_map_every_pin_is_named_and_no_label_covers_anything(m):
    columns = frame(m)
    line = lay_out(m, columns)
    spot_names, pin_names = labels(line, columns)
    pins = [name for spot, name in zip(line.spots, spot_names, strict=True) if spot.rank]
    assert None not in [*pins, *pin_names]
    found = [spot for group in (spot_names, pin_names) for spot in group if spot]
    assert not any(a.box.overlaps(b.box) for a, b in combinations(found, 2))
    for spot in line.spots:
        reach = radius(spot, 1.0)
        dot = Box(spot.x - reach, spot.y - reach, spot.x + reach, spot.y + reach)
        assert not any(label.box.overlaps(dot) for label in found)


@settings(deadline=None, max_examples=examples(60))
@given(maps())
def test_an_unknown_mood_makes_no_point(m):
    line = lay_out(m, frame(m))
    assert all(spot.touch.mood.mean is not None for spot in line.spots)
    for i, view in enumerate(m.stages):
        known = [touch for touch in view.touches if touch.mood.mean is not None]
        drawn = [spot for spot in line.spots if spot.stage == i]
        assert len(drawn) == min(len(known), PER_STAGE)
        assert (i in line.unknown) == (not known)
    assert all(0 <= spot.y <= HEIGHT for spot in line.spots)


@settings(deadline=None, max_examples=examples(60))
@given(maps())
def test_the_line_is_broken_where_a_whole_stage_is_unknown(m):
    line = lay_out(m, frame(m))
    assert sum(b - a for a, b in line.runs) == len(line.spots)
    for a, b in line.runs:
        assert all(two.stage - one.stage <= 1 for one, two in pairwise(line.spots[a:b]))


@settings(deadline=None, max_examples=examples(60))
@given(maps())
def test_every_shown_friction_has_one_pin(m):
    line = lay_out(m, frame(m))
    pins = [spot.rank for spot in line.spots if spot.rank] + [pin.rank for pin in line.loose]
    assert sorted(pins) == [friction.rank for friction in m.frictions]


@given(st.lists(st.floats(0, 1), max_size=4), st.integers(1, 12))
def test_marks_of_a_stage_keep_their_order_and_stay_inside(positions, stages):
    from trod.figures.frame import NARROWEST, SHEET, Frame

    columns = Frame(stages, max(SHEET, NARROWEST * stages), 30, "customers")
    xs = spread(sorted(positions), columns, stages - 1)
    assert all(b - a >= 20 for a, b in pairwise(xs))
    assert all(columns.left(stages - 1) < x < columns.wide for x in xs)


@given(st.text(max_size=80), st.floats(20, 300))
def test_fitted_text_fits(text, limit):
    assert width(fit(text, Face(12), limit), Face(12)) <= max(limit, width("…", Face(12)))


@given(st.text(max_size=200), st.floats(30, 300))
def test_wrapped_lines_fit_and_lose_no_letter(text, limit):
    face = Face(12)
    lines = wrap(text, face, limit)
    assert all(width(line, face) <= limit or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
