#!/bin/sh
# Known advisories of what is pinned: constraints.txt at PyPI, package-lock.json at the npm registry. `make audit`.
# --strict: a package that PyPI does not tell of is no package without advisories. Both answers change from day to day
# without a change of ours, so that no check depends on them.
set -u
cd "$(dirname "$0")/.."
status=0
echo "Python packages (constraints.txt):"
.venv/bin/pip-audit --strict --disable-pip --no-deps --vulnerability-service pypi --requirement constraints.txt || status=1
echo "npm packages (package-lock.json), those that are in the pages or build them:"
node=$(.venv/bin/python web/build.py node) && PATH="$(dirname "$node"):$PATH" npm audit --omit=dev || status=1
exit "$status"
