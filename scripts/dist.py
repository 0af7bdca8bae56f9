"""Builds what a release consists of from the last commit: `python scripts/dist.py`, which `make dist` calls.

Into `dist/` go the source distribution and the wheel, both with the live page, a CycloneDX bill of materials of
the wheel, and SHA256SUMS. What git does not have is in none of them, and the bytes depend on the
commit alone: files carry the commit's time, and with the versions of constraints.txt, the same Python and the same
Node, everybody gets the same. `--twice` builds it again in another folder, compares, and fails where they differ.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = "src/liveroom/http/pages/"
GUIDE = "src/liveroom/http/guide/"
SUMS = "SHA256SUMS"


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def environment(epoch: str) -> dict[str, str]:
    """Return the variables of a build: the commit's time for every file, and nothing of the machine's habits."""
    fixed = {"SOURCE_DATE_EPOCH": epoch, "TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0", "LIVEROOM_SKIP_WEB": ""}
    return {**os.environ, **fixed}


def export(commit: str, folder: Path) -> set[str]:
    """Write the files of a commit into a folder; return their names."""
    folder.mkdir(parents=True)
    packed = folder.with_suffix(".tar")
    packed.write_bytes(git("archive", "--format=tar", commit))
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    packed.unlink()
    return {name for name in git("ls-tree", "-r", "-z", "--name-only", commit).decode().split("\0") if name}


def build(commit: str, folder: Path, target: Path, installed: Path | None = None) -> None:
    """Build everything of a commit in one folder, into another; the npm packages of a former build can be taken over.

    Their content is fixed by the hashes of package-lock.json, and to install them takes longer than all else.
    """
    names = export(commit, folder)
    for place in ("", "web", "clients/js", "clients/js-server") if installed else ():
        if (there := installed / place / "node_modules").is_dir():
            there.rename(folder / place / "node_modules")
    env = environment(git("show", "-s", "--format=%ct", commit).decode().strip())
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(target)]
    subprocess.run(argv, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL, umask=0o022)
    (sdist,), (wheel,) = target.glob("*.tar.gz"), target.glob("*.whl")
    check_sdist(sdist, names)
    check_wheel(wheel, str(folder))
    argv = [sys.executable, str(ROOT / "scripts" / "sbom.py"), str(wheel), str(folder), str(target)]
    subprocess.run(argv, env=env, check=True)
    sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(target.iterdir())}
    (target / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))


def check_sdist(sdist: Path, names: set[str]) -> None:
    """Refuse a source distribution with anything but the commit's files, page, guide, and what packaging adds."""
    with tarfile.open(sdist) as archive:
        found = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    built = {name for name in found if name.startswith((PAGES, GUIDE))}
    if f"{PAGES}index.html" not in built or not any(name.startswith(GUIDE) for name in built):
        sys.exit(f"{sdist.name} lacks the live page or the guide")
    if strange := sorted(found - built - names - {"PKG-INFO"}):
        sys.exit(f"{sdist.name} has what git has not: {', '.join(strange[:5])}")


def check_wheel(wheel: Path, folder: str) -> None:
    """Refuse a wheel without the page, or with the path of where it was built in it."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        if "liveroom/http/pages/index.html" not in names:
            sys.exit(f"{wheel.name} has no live page")
        if named := [name for name in names if folder.encode() in archive.read(name)]:
            sys.exit(f"{wheel.name} names the folder that it was built in: {', '.join(named[:5])}")


def digests(target: Path) -> Mapping[str, str]:
    """Return what SHA256SUMS says."""
    lines = (target / SUMS).read_text().splitlines()
    return {name: digest for digest, name in (re.split(r"\s+", line, maxsplit=1) for line in lines)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--out", type=Path, default=ROOT / "dist")
    options.add_argument("--commit", default="HEAD", help="what to build (default: HEAD)")
    options.add_argument("--twice", action="store_true", help="build it again elsewhere, and compare")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="liveroom-dist-") as made:
        folder = Path(made).resolve()
        first, second = folder / "first", folder / "second"
        build(asked.commit, folder / "a", first)
        if asked.twice:
            build(asked.commit, folder / "elsewhere" / "and deeper", second, installed=folder / "a")
            differing = sorted(name for name, digest in digests(second).items() if digests(first)[name] != digest)
            if differing:
                sys.exit(f"two builds of the same commit differ: {', '.join(differing)}")
            print("two builds in different folders gave the same bytes")
        asked.out.mkdir(parents=True, exist_ok=True)
        for old in asked.out.glob("liveroom-*"):
            old.unlink()
        for file in sorted(first.iterdir()):
            shutil.move(file, asked.out / file.name)
    print((asked.out / SUMS).read_text(), end="")


if __name__ == "__main__":
    main()
