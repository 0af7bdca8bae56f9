"""The platforms that a package can be for: what each starts, with which Python, on which Linux."""

from typing import Final, NamedTuple

MEGABYTE: Final = 1024 * 1024
LARGEST: Final = 50 * MEGABYTE
"""What SCF and Lambda take as a zip; Function Compute takes more."""
_NAMED: Final = {17: "manylinux2014_x86_64", 12: "manylinux2010_x86_64", 5: "manylinux1_x86_64"}
"""The names that the oldest builds had before they were numbered by glibc."""


class PackageTarget(NamedTuple):
    """One platform."""

    name: str
    start: str
    """The file at the package's root that the platform runs."""
    python: str
    interpreter: str
    """What the start file runs, with the version where ``{python}`` and ``{digits}`` are."""
    glibc: int
    """2.x: the platform's; what was built for a newer one does not load there."""
    older: tuple[str, ...] = ()
    """Versions in place of those that are installed here, which are built for a newer glibc."""

    def platforms(self) -> list[str]:
        """Return the names of the builds that run there, the newest first."""
        names = [(f"manylinux_2_{minor}_x86_64", _NAMED.get(minor, "")) for minor in range(self.glibc, 4, -1)]
        return [name for both in names for name in both if name]

    def command(self, python: str) -> str:
        """Return what the start file runs."""
        return self.interpreter.format(python=python, digits=python.replace(".", ""))


TARGETS: Final = {
    target.name: target
    for target in (
        PackageTarget(
            "scf",
            "scf_bootstrap",
            "3.11",
            "/var/lang/python{digits}/bin/python{python}",
            17,
            ("pillow==12.2.0", "greenlet==3.2.5", "argon2-cffi-bindings==21.2.0"),
        ),
        PackageTarget("aws", "run.sh", "3.13", "python{python}", 34),
        PackageTarget("aliyun", "bootstrap", "3.11", "python{python}", 36),
    )
}
