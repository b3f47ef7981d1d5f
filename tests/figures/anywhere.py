"""What is drawn by processes that have other hash seeds and clocks."""

import subprocess
import sys


def digests(imports: str, drawn: str) -> set[str]:
    """Give what some bytes hash to in processes of their own; there must be one answer."""
    code = (
        "import sys; sys.path.insert(0, '.'); from hashlib import sha256\n"
        f"{imports}\nprint(sha256({drawn}).hexdigest())"
    )
    return {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "src", "TZ": zone},
        ).stdout
        for seed, zone in (("0", "UTC"), ("42", "Asia/Tokyo"))
    }
