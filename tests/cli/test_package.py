"""`liveroom package`: what is in the zip of a web function, without the network that the dependencies come from."""

import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from liveroom.cli import main
from liveroom.cli.pack.archive import write_zip
from liveroom.cli.pack.contents import add_start, check_builds, compile_all, strip
from liveroom.cli.pack.elf import blank_debug, sections
from liveroom.cli.pack.requirements import needed, pins
from liveroom.cli.pack.targets import TARGETS
from liveroom.settings import SettingsError


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Return the folder of a package in which one dependency has been installed."""
    folder = tmp_path / "package" / "python"
    files = {
        "one/__init__.py": "ONE = 1\n",
        "one/fast.c": "int one;",
        "one/fast.pyi": "ONE: int",
        "one/tests/test_one.py": "",
        "one/__pycache__/one.cpython-311.pyc": "",
        "bin/one": "#!/usr/bin/python3",
        "one/bin/__init__.py": "",
        "one-1.0.dist-info/METADATA": "Name: one",
        "one-1.0.dist-info/RECORD": "/srv/somebody",
        "one-1.0.dist-info/licenses/LICENSE": "MIT",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_only_developers_need_is_left_out_and_licences_stay(packages: Path) -> None:
    strip(packages)
    assert names(packages) == [
        "one-1.0.dist-info/METADATA",
        "one-1.0.dist-info/licenses/LICENSE",
        "one/__init__.py",
        "one/bin/__init__.py",
    ]


def test_the_same_files_give_the_same_zip_in_which_the_start_file_may_be_run(packages: Path, tmp_path: Path) -> None:
    package = packages.parent
    add_start(package, "scf_bootstrap", TARGETS["scf"].command("3.11"))
    first = write_zip(package, tmp_path / "first.zip", executable="scf_bootstrap")
    for path in package.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    (packages / "one" / "__init__.py").touch()
    assert write_zip(package, tmp_path / "second.zip", executable="scf_bootstrap") == first
    with zipfile.ZipFile(tmp_path / "second.zip") as archive:
        modes = {entry.filename: stat.S_IMODE(entry.external_attr >> 16) for entry in archive.infolist()}
        start = archive.read("scf_bootstrap").decode()
    assert (modes.pop("scf_bootstrap"), set(modes.values())) == (0o755, {0o644})
    assert start.startswith("#!/bin/bash\n")
    assert "${PYTHON:-/var/lang/python311/bin/python3.11}" in start
    assert "\r" not in start


def test_compiled_files_are_the_same_again_and_name_no_folder_of_this_machine(packages: Path, tmp_path: Path) -> None:
    def compiled() -> bytes:
        assert compile_all(packages.parent, "3.11") or pytest.skip("there is no Python 3.11 here")
        return (packages / "one" / "__pycache__" / "__init__.cpython-311.pyc").read_bytes()

    first = compiled()
    assert str(tmp_path).encode() not in first
    assert b"python/one/__init__.py" in first
    assert compiled() == first


def test_a_version_of_python_that_is_not_here_compiles_nothing(packages: Path) -> None:
    assert not compile_all(packages.parent, "3.99")


def test_what_debuggers_read_is_blanked_and_the_rest_stays(packages: Path) -> None:
    file = packages / "one" / "fast.so"
    run = ["cc", "-g", "-shared", "-fPIC", "-x", "c", "-", "-o", str(file)]
    subprocess.run(run, input=b"int one(int two) { return two + 1; }", check=True)
    before = file.read_bytes()
    blanked = blank_debug(file)
    after = file.read_bytes()
    assert blanked > 0
    assert len(after) == len(before)
    for section in sections(before):
        place = slice(section.offset, section.offset + section.size)
        is_debug = section.name.startswith(b".debug_")
        assert not section.has_bits or after[place] == (bytes(section.size) if is_debug else before[place])
    assert blank_debug(packages / "one" / "__init__.py") == 0


def test_a_file_that_needs_a_newer_glibc_than_the_platform_has_is_refused(packages: Path) -> None:
    (packages / "one" / "fast.so").write_bytes(b"\x7fELF GLIBC_2.5\0GLIBC_2.27\0")
    check_builds(packages, 27)
    with pytest.raises(SettingsError, match=r"one/fast\.so needs glibc 2\.27, and the platform has 2\.17"):
        check_builds(packages, 17)


def test_builds_are_asked_for_by_all_names_that_the_platform_can_load() -> None:
    scf = TARGETS["scf"].platforms()
    assert scf[:2] == ["manylinux_2_17_x86_64", "manylinux2014_x86_64"]
    assert scf[-1] == "manylinux1_x86_64"
    assert "manylinux_2_28_x86_64" in TARGETS["aws"].platforms()


def test_the_versions_are_those_installed_here_but_for_what_is_named_otherwise() -> None:
    found = pins(["Pillow==12.2.0", "liveroom-polls", "./dist/polls-1.0-py3-none-any.whl"])
    assert "pillow==12.2.0" in [one.lower() for one in found]
    assert [one.partition("==")[0] for one in found].count("httpx") == 1
    assert not [one for one in found if one.startswith(("liveroom", "."))]


def test_an_extra_is_needed_when_it_is_asked_for() -> None:
    assert not [one for one in needed([]) if one.startswith(("app-store", "pytest"))]
    assert [one for one in needed(["receipts"]) if one.startswith("app-store-server-library")]
    with pytest.raises(SettingsError, match="no extra 'otle'; it has"):
        needed(["otle"])


def test_it_has_to_be_said_what_the_package_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["package"])
    assert "liveroom package --serverless" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "port"),
    [({}, "9000"), ({"AWS_LWA_PORT": "8080"}, "8080"), ({"FC_SERVER_PORT": "9001"}, "9001")],
)
def test_the_start_file_listens_where_the_platform_calls(given: dict[str, str], port: str, tmp_path: Path) -> None:
    add_start(tmp_path, "run.sh", "python3.11")
    (tmp_path / "python").write_text('#!/bin/sh\necho "$LIVEROOM_SERVERLESS $LIVEROOM_PORT $PYTHONPATH $*"\n')
    for name in ("run.sh", "python"):
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": str(tmp_path / "python"), **given}
    said = subprocess.run([tmp_path / "run.sh"], check=True, capture_output=True, text=True, env=environment).stdout
    assert said == f"on {port} {tmp_path}/python -m liveroom serve\n"
