"""What Tallyfern spent on marketing: a podcast that nobody is known to have come from, too."""

from typing import Final

FILE: Final = "spend.csv"

SPEND_CSV: Final = """\
channel,cost,period
web,96000,2025
web,41000,2026
email,7200,2025
email,3600,2026
in person,58000,2025
in person,31000,2026
community,12000,2025
community,6000,2026
podcast,18000,2025
podcast,9000,2026
"""
