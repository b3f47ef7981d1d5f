"""How many of something is said by one function."""

import re
from pathlib import Path

import trod

BY_HAND = re.compile(r"""["']s["'] \* \(|unit\[:-1\]|\bs["'] if \w+ [!>]=? 1""")


def test_no_room_builds_the_plural_of_what_it_counts_by_hand():
    room = Path(trod.__file__).parent
    found = {
        str(file.relative_to(room)): hits
        for file in sorted(room.rglob("*.py"))
        if (hits := BY_HAND.findall(file.read_text()))
    }
    assert found == {}
