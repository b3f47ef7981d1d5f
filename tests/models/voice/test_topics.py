"""What customers write about."""

from collections import Counter

import numpy as np
import pytest

from tests.company import Known
from trod.errors import DefinitionError
from trod.events.masked import masked
from trod.journeys.batch import Journeys
from trod.models.card import Card
from trod.models.ground import Ground
from trod.models.spec import ModelsSpec
from trod.models.stored import Stored
from trod.models.voice import topics as about
from trod.models.voice.issues import issues
from trod.models.voice.tfidf import words
from trod.models.voice.topics import NO_TOPIC, Found, Topics, find_topics
from trod.models.voice.vectors import word_vectors
from trod.models.voice.written import Written, written
from trod.sample.subjects import subject


@pytest.fixture(scope="module")
def journeys(tallyfern: Known) -> Journeys:
    return tallyfern.workspace.journeys("person")


@pytest.fixture(scope="module")
def said(journeys: Journeys) -> Written:
    return written(journeys)


@pytest.fixture(scope="module")
def found(said: Written) -> Found:
    return find_topics(said.text)


def test_V1_planted_subjects_come_back_as_topics(found: Found, said: Written):
    topic = found.topics.of_texts(said.text).tolist()
    told = [
        (k, one.name) for k, text in zip(topic, said.text, strict=True) if (one := subject(text))
    ]
    shared = Counter((k, name) for k, name in told if k != NO_TOPIC)
    most = [
        max(n for (k, _), n in shared.items() if k == topic) for topic in {k for k, _ in shared}
    ]
    assert sum(most) >= 0.95 * sum(shared.values()) >= 0.9 * len(told)
    by_topic = {max(shared, key=lambda it, k=k: (it[0] == k) * shared[it])[1] for k, _ in shared}
    assert by_topic >= {"connection", "figures", "reports", "seats"}


def test_V1_the_order_of_texts_changes_no_byte_of_the_topics(found: Found, said: Written):
    again = find_topics(said.text[::-1])
    assert again.topics.stored().to_bytes() == found.topics.stored().to_bytes()
    kept = Topics.of(Stored.of_bytes(found.topics.stored().to_bytes()))
    assert kept.of_texts(said.text[:50]).tolist() == found.topics.of_texts(said.text[:50]).tolist()


def test_V1_words_dealt_at_random_have_no_topics_however_uneven():
    rng = np.random.default_rng(0)
    names = np.array([f"w{i}" for i in range(400)])
    share = 1 / np.arange(1, 401)
    for power in (0, 1):
        p = share**power / (share**power).sum()
        texts = [" ".join(rng.choice(names, 8, p=p)) for _ in range(1_500)]
        assert find_topics(texts, most=6).topics.top == ()


def test_few_texts_are_said_to_be_few(journeys: Journeys, tallyfern: Known):
    from trod.workspace.measured import plan_of

    few = Journeys(journeys.batches[:0], journeys.vocabulary, "person", "UTC")
    plan = plan_of(tallyfern.workspace, None, journeys)
    (fitted,) = about.fit(Ground(few, plan))
    assert fitted.card.verdict == "not enough data"
    assert "0 different texts; 60 are needed" in fitted.card.remarks[0]


def test_V1_quotes_stand_in_the_log_word_for_word_and_hide_personal_data(
    journeys: Journeys, found: Found
):
    card = Card("topics", "", "fitted", "text", 0, 0, 1, "")
    told = issues(journeys, found.topics, card).data
    quotes = [quote for each in told.issues for quote in each.quotes]
    assert len(quotes) >= 20
    logged = journeys.text(np.array([quote.row for quote in quotes], np.int64))
    for quote, text in zip(quotes, logged, strict=True):
        assert quote.text == masked((text or "").strip())
        assert masked(quote.text) == quote.text
        assert all(piece in (text or "") for piece in quote.text.split("[number]"))
    for each in told.issues:
        assert each.customers == len(each.who) <= each.texts
        assert each.contacts <= each.texts
        assert all({*words(quote.text)} & {*each.words[:3]} for quote in each.quotes)
        assert {quote.customer for quote in each.quotes} <= set(each.who)
    assert sum(each.texts for each in told.issues) + told.other == told.texts


def test_M11_contacts_about_a_refused_key_come_after_errors_and_are_forecast(
    journeys: Journeys, found: Found
):
    card = Card("topics", "", "fitted", "text", 0, 0, 1, "")
    told = issues(journeys, found.topics, card).data
    (keys,) = (each for each in told.issues if "refused" in each.words[:3])
    names = [one.touchpoint for one in keys.before]
    assert "connection_error" in names[:2]
    assert keys.before[0].low > 3
    assert keys.ahead is not None
    assert keys.preventable is not None
    assert 0 < keys.preventable[0] <= keys.ahead.total[0]
    assert len(keys.by_week) == len(told.weeks) >= 70
    assert sum(keys.by_week) <= keys.contacts


def test_V1_topics_by_meaning_join_words_that_no_text_shares(tmp_path):
    money = ("refund", "invoice", "payment", "charge", "bill", "price", "money", "card")
    entry = ("password", "login", "account", "locked", "access", "code", "reset", "user")
    vectors = np.vstack([np.tile([1, 0.1], (8, 1)), np.tile([0.1, 1], (8, 1))])
    vectors += np.random.default_rng(0).normal(0, 0.02, vectors.shape)
    np.savez(tmp_path / "v.npz", words=np.array(money + entry), vectors=vectors)
    texts = [
        f"{a} {b} {c}" for side in (money, entry) for a in side for b in side for c in side[:3]
    ]
    found = find_topics(texts, most=2, meanings=lambda w: word_vectors(tmp_path / "v.npz", w))
    assert found.topics.meaning is not None
    sides = found.topics.of_texts(["refund invoice", "bill price", "login code", "user reset"])
    assert sides[0] == sides[1] != sides[2] == sides[3]
    lines = [f"{w} {v[0]} {v[1]}" for w, v in zip(money + entry, vectors, strict=True)]
    (tmp_path / "v.vec").write_text("16 2\n" + "\n".join(lines))
    np.testing.assert_allclose(
        word_vectors(tmp_path / "v.vec", ["bill", "zzz"]),
        word_vectors(tmp_path / "v.npz", ["bill", "zzz"]),
        rtol=1e-6,
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.npz", None, "no such file or folder"),
        ("bad.npz", b"x", "is no .npz"),
        ("bad.vec", b"bill one two", "not a word and its numbers"),
        ("other.vec", b"zebra 1 2", "knows none of the 1 words"),
    ],
)
def test_a_file_of_vectors_that_cannot_be_read_says_what_it_should_be(
    tmp_path, name, content, says
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DefinitionError, match=says):
        word_vectors(tmp_path / name, ["bill"])


def test_a_folder_of_a_sentence_model_names_the_extra_that_reads_it(tmp_path):
    pytest.importorskip("sklearn")
    try:
        import sentence_transformers  # noqa: F401
    except ImportError:
        with pytest.raises(DefinitionError, match=r"pip install 'trod\[embed\]'"):
            word_vectors(tmp_path, ["bill"])


def test_the_keys_are_read_from_trod_yml():
    spec = ModelsSpec.model_validate({"voice": {"embeddings": "vectors.npz"}})
    assert spec.voice is not None
    assert spec.voice.embeddings == "vectors.npz"
