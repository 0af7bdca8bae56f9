#!/bin/sh
# Makes a release of the last commit, here: `scripts/release.sh VERSION`. Pushes nothing, and says at the end what to do.
#
# The commit has to have the version in src/liveroom/__init__.py, a section of CHANGELOG.md and of docs/upgrading.md, and
# the schema's revision in RELEASES of src/liveroom/store/sql/pending.py. --without-tests leaves out .ci/run, --check ends
# before anything is built.
set -eu
cd "$(dirname "$0")/.."
version='' tests=yes build=yes
for word in "$@"; do
    case "$word" in
    --without-tests) tests=no ;;
    --check) build=no ;;
    -*) echo "release.sh: $word is no option" >&2; exit 2 ;;
    *) version=$word ;;
    esac
done

wrong=0
needs() {
    echo "release.sh: $*" >&2
    wrong=1
}
case "$version" in
'' | *[!0-9.]* | .* | *. | *..*) echo "usage: scripts/release.sh VERSION [--without-tests] [--check]" >&2; exit 2 ;;
esac
escaped=$(echo "$version" | sed 's/\./\\./g')
head=$(ls src/liveroom/store/sql/migrations/versions/[0-9]*.py | tail -n 1)
head=$(basename "$head" | cut -c1-4)
[ -z "$(git status --porcelain)" ] || needs "the tree has changes that are not committed"
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null || needs "the tag v$version exists already"
grep -q "^__version__ = \"$escaped\"$" src/liveroom/__init__.py || needs "src/liveroom/__init__.py does not say $version"
grep -Eq "^## \[$escaped\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md ||
    needs "CHANGELOG.md has no section '## [$version] - YYYY-MM-DD'"
grep -q "^## To $escaped$" docs/upgrading.md || needs "docs/upgrading.md has no section '## To $version'"
grep -q "\"$escaped\": \"$head\"" src/liveroom/store/sql/pending.py ||
    needs "RELEASES of src/liveroom/store/sql/pending.py does not have \"$version\": \"$head\""
[ "$wrong" = 0 ] || exit 1
if [ "$build" = no ]; then
    echo "everything is there for $version"
    exit 0
fi

[ "$tests" = no ] || .ci/run
make --no-print-directory dist ARGS=--twice
git tag -a "v$version" -m "liveroom $version"
cat <<END

liveroom $version is tagged here as v$version; dist/ has what belongs to it. Nothing was pushed. What is left:
  git push origin HEAD "v$version"
  publish the files of dist/ with the section of CHANGELOG.md as its notes, SHA256SUMS and the bill of materials too
  open a new section '## [Unreleased]' in CHANGELOG.md
To take it back: git tag -d "v$version"
END
