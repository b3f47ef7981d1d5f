"""TF-IDF by dictionaries, from the definition."""

from math import log, sqrt


def tfidf(texts, terms_of):
    """Give each text as a dictionary of term and weight, of length 1."""
    documents = [list(terms_of(text)) for text in texts]
    n = len(documents)
    vectors = []
    for document in documents:
        weight = {}
        for term in set(document):
            holding = sum(term in other for other in documents)
            weight[term] = (1 + log(document.count(term))) * (1 + log((1 + n) / (1 + holding)))
        length = sqrt(sum(w * w for w in weight.values())) or 1.0
        vectors.append({term: w / length for term, w in weight.items()})
    return vectors
