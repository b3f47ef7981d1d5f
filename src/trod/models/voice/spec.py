"""What `models:` of trod.yml says about texts: labels that people gave, and local vectors."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trod.sources.spec import Spec


class LabelsSpec(Spec):
    """A file of texts that people labelled."""

    labels: str | None = Field(
        None, description="A CSV file with a text and its label in each row, by its path."
    )
    text: str = Field("text", description="Column of the text.")
    label: str = Field("label", description="Column of the label.")


class SentimentSpec(LabelsSpec):
    """How the mood of texts is judged."""

    speaks: Literal["best", "lexicon"] = Field(
        "best",
        description="best: the trained classifier where it beats the lexicon on later texts; "
        "lexicon: always the lexicon.",
    )
    version: int | None = Field(
        None, ge=1, description="Version of the model that speaks. Default: the last."
    )


class VoiceSpec(Spec):
    """What topics are found with."""

    embeddings: str | None = Field(
        None,
        description="A file of word vectors (.npz or text), or a folder with a model of sentence "
        "vectors: topics are then found by meaning, not only by words.",
    )
