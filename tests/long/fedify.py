"""Fedify, another implementation of the fediverse, on loopback: we follow it, and it follows a list of ours.

    BROADSHEET_FEDIFY=DIR .venv/bin/python -m tests.long.fedify

DIR has Node and Fedify: `npm i node@22 @fedify/fedify@2.3.6` there. Without it the table says that nothing was proved.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.long.figures import Figure, show

GOAL = 4
"""Both ways, with each kind of signature."""
_PASSED = re.compile(r"(\d+) passed")


def main() -> int:
    """Run the tests of tests/peers/test_fedify.py as a proof."""
    if not os.environ.get("BROADSHEET_FEDIFY"):
        return show("fedify", [Figure("exchanges with Fedify", "not run: BROADSHEET_FEDIFY names no directory")])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/peers/test_fedify.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    found = _PASSED.search(done.stdout)
    passed = int(found[1]) if found else 0
    return show("fedify", [Figure("exchanges with Fedify that held", str(passed), str(GOAL), held=passed == GOAL)])


if __name__ == "__main__":
    sys.exit(main())
