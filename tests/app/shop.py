"""A small shop: its events, and the definition that reads them."""

from pathlib import Path

EVENTS = "user_id,event,timestamp\n" + "".join(
    f"c{c},{event},2026-03-{day:02d}T09:00:00Z\n"
    for c in range(40)
    for event, day in (("visit", 1), ("sign up", 3), ("buy", 9))
    if event != "buy" or c % 3
)


YML = """\
sources:
- name: shop
  files: events.csv
  customer: user_id
  time: timestamp
  touchpoint: event
journeys:
- name: Sale
  stages:
  - {name: Look, enter_on: visit}
  - {name: Join, enter_on: sign up}
  - {name: Buy, enter_on: buy}
"""


def write(folder: Path, name: str, content: bytes | str) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file
