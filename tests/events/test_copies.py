from trod.events.copies import without_copies
from trod.events.infer import guess

LOG = "user_id,event,timestamp\n" + "".join(
    f"u{at % 7},visit,2024-01-{1 + at % 28:02d}\n" for at in range(40)
)


def test_a_copy_of_a_file_is_left_aside_and_a_file_named_twice_is_one(tmp_path):
    one, two, other = (tmp_path / name for name in ("one.csv", "two.csv", "other.csv"))
    one.write_text(LOG)
    two.write_text(LOG)
    other.write_text(LOG.replace("visit", "call"))
    kept, copies = without_copies([one, two, other, one, tmp_path / "missing.csv"])
    assert kept == [one, other, tmp_path / "missing.csv"]
    assert copies == [("two.csv", "it holds what one.csv holds")]
    found = guess([one, two, one])
    assert [source.name for source in found.sources] == ["one"]
    assert found.left_aside == tuple(copies)


def test_a_table_of_nothing_but_customers_is_left_aside(tmp_path):
    path = tmp_path / "who.csv"
    path.write_text("user_id\n" + "".join(f"u{at}\n" for at in range(50)))
    assert guess([path]).left_aside == (
        ("who.csv", "nothing but a customer (user_id) stands in it"),
    )


def test_a_few_unreadable_times_do_not_hide_the_column(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(LOG + "u1,visit,soon\nu2,visit,n.n.\nu3,visit,00.00\n")
    (source,) = guess([path]).sources
    assert source.time is not None
