"""A review in the forms people open: a page, slides, Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trod.workspace.acting.reviewing.making import Made


def rendered(made: Made, how: str, *, theme: str = "auto") -> bytes:
    """Give a review as "html", "pptx" or "md"."""
    if how == "pptx":
        from trod.figures.review_slides import review_pptx

        return review_pptx(made.review, made.map, board=made.board, credit=made.credit)
    if how == "md":
        from trod.figures.review_markdown import review_markdown

        return review_markdown(made.review, made.map).encode()
    from trod.figures.review_page import review_html

    page = review_html(made.review, made.map, board=made.board, credit=made.credit, theme=theme)
    return page.encode()
