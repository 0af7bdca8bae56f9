"""Says whether a process stands still: for a moment after SIGSTOP, threads on other processors may go on."""

from pathlib import Path


def is_stopped(pid: int) -> bool:
    """Say whether all threads of a process have stopped, or it is gone."""
    try:
        threads = [(thread / "stat").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return not Path(f"/proc/{pid}").exists()
    return all(thread.rpartition(") ")[2][0] in "TZX" for thread in threads)
