"""A project and its store behind one small façade.

Takes a folder with a trod.yml, or bare files; gives maps and journeys; keeps ``.trod/``.
"""

from trod.workspace.folder import Workspace
from trod.workspace.picture import Map
from trod.workspace.progress import Progress, Silent
from trod.workspace.quick import map_files

__all__ = ["Map", "Progress", "Silent", "Workspace", "map_files"]
