"""A writer called in a process of its own: what it needs, the command never holds.

Vega's engine and the packages before it take several hundred megabytes.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pkgutil import resolve_name

from callmeter.errors import NotAvailableError

CODE = """
import json, sys
sys.path[:] = json.loads(sys.argv.pop())
from harness.report.apart import answer
answer()
"""
LACKING = 3
"""The exit code of a process that lacks memory, a file or a package."""


def apart(function: str, *arguments: object) -> str:
    """Return the text that the function, `package.module:name`, returns of the arguments.

    They are pickled. Raises NotAvailableError where its process is ended, or lacks what it needs.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", CODE, json.dumps(sys.path)],
        input=pickle.dumps((function, arguments)),
        capture_output=True,
        check=False,
    )
    if done.returncode == 0:
        return done.stdout.decode(errors="surrogatepass")
    reason = done.stderr.decode(errors="replace").strip()
    if done.returncode == LACKING:
        raise NotAvailableError(f"it cannot be drawn: {reason}")
    if done.returncode < 0:
        raise NotAvailableError(
            f"what was to draw it was ended by signal {-done.returncode}; out of memory?"
        )
    raise RuntimeError(reason)


def answer() -> None:
    """Call the function that the standard input names, and write what it returns."""
    try:
        function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 (of the process above)
        text: str = resolve_name(function)(*arguments)
        sys.stdout.buffer.write(text.encode(errors="surrogatepass"))
    except (ImportError, OSError, MemoryError) as error:
        sys.stderr.write(" ".join(str(error).split()) or "out of memory")
        sys.exit(LACKING)
