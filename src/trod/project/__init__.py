"""trod.yml: one section per room, read and checked together, everything wrong said at once."""

from trod.project.load import FILE, Project, Sections, load
from trod.project.places import Places
from trod.project.start import starting_text

__all__ = ["FILE", "Places", "Project", "Sections", "load", "starting_text"]
