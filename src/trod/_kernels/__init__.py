"""Compiled loops over arrays: they know no names, check nothing and raise nothing.

Takes arrays, gives arrays, keeps nothing. The machine code is cached beside these files, or in
the user's cache folder. Where neither can be written (a read-only image without a home), it goes
to a folder of this process: a shared one could be filled by somebody else.
"""

import os
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent


def _place_for_cache() -> None:
    if "NUMBA_CACHE_DIR" in os.environ or os.access(_HERE, os.W_OK):
        return
    home = Path(os.path.expanduser("~"))
    if not os.access(home, os.W_OK):
        os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="trod-kernels-")


_place_for_cache()
