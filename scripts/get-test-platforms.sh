#!/bin/sh
# Get what the tests of Kotlin, of Go and of generated clients need: jars from Maven Central, modules of Go. Where Java,
# Maven or Go is missing, or something cannot be had, it says what will be skipped, and succeeds.
set -eu
here=tests/platforms
kept=.venv/platforms

copy() {  # what is of a scope, into a folder
    mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope="$1" -DoutputDirectory="$PWD/$kept/$2" </dev/null
}

if ! command -v mvn >/dev/null || ! command -v java >/dev/null; then
    echo "Java or Maven is not installed: the tests of Kotlin and of generated clients will be skipped."
elif ! cmp -s "$here/pom.xml" "$kept/pom.xml"; then
    echo "Getting what $here/pom.xml names"
    rm -rf "$kept"
    if copy runtime jars && copy provided tools; then
        cp "$here/pom.xml" "$kept/pom.xml"
    else
        rm -rf "$kept"
        echo "It could not be had: the tests of Kotlin and of generated clients will be skipped." >&2
    fi
fi
if command -v go >/dev/null; then
    (cd "$here/go" && go mod download)
else
    echo "Go is not installed: what needs it will be skipped."
fi
