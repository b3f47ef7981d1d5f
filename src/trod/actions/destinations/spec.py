"""The `actions: consent:` part of trod.yml: who may be written to."""

from __future__ import annotations

from pydantic import Field

from trod.sources.spec import Names, Spec


class ConsentSpec(Spec):
    """An attribute of customers that says whether they agreed to marketing."""

    attribute: str = Field(min_length=1, description="Attribute, as the sources bring it.")
    values: Names = Field(
        default=("yes", "true", "1"),
        description="Values that mean yes, in any case. Default: yes, true, 1.",
    )
