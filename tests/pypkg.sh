#!/bin/bash
# Builds the sdist, a wheel from the sdist, installs the wheel into an empty environment, and uses it there.
#
#     pypkg.sh DIRECTORY
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
directory=$1

fail() {
    echo "pypkg.sh: $*" >&2
    exit 1
}

rm -rf "$directory"
mkdir -p "$directory"
python3 -m venv "$directory/builder"
"$directory/builder/bin/python" -m pip -q --disable-pip-version-check install build
"$directory/builder/bin/python" -m build -o "$directory/dist" "$root" > "$directory/build.log" 2>&1 || {
    tail -n 40 "$directory/build.log" >&2
    fail "neither sdist nor wheel"
}
wheel=$(find "$directory/dist" -name '*.whl')
case $wheel in
    *-cp311-abi3-*.whl) ;;
    *) fail "the wheel is not one for all Pythons from 3.11 on: $wheel" ;;
esac
python3 -m venv "$directory/empty"
"$directory/empty/bin/python" -m pip -q --disable-pip-version-check install "$wheel"
cd "$directory"
"$directory/empty/bin/python" -c 'import steelpkt, steelscript.packets; print(steelpkt.__version__)' > version.txt
[ "$(cat version.txt)" = "$(sed -n "s/^  version: '\(.*\)',/\1/p" "$root/meson.build" | head -n 1)" ] ||
    fail "the package says another version than meson.build"
"$directory/empty/bin/netflow-player" --help > player.txt
grep -q -- --dest_ip player.txt || fail "the command netflow-player is not there"
"$directory/empty/bin/steelpkt-sql" --help > sql.txt
grep -q -- --explain sql.txt || fail "the command steelpkt-sql is not there"
if "$directory/empty/bin/steelpkt-sql" 'SELECT 1' "$root/tests/captures/dns.pcap" 2> sql.txt; then
    fail "steelpkt-sql works without DuckDB"
fi
grep -q "pip install 'steelpkt\[sql\]'" sql.txt || fail "steelpkt-sql does not say what it lacks: $(cat sql.txt)"
unzip -l "$wheel" > files.txt
if grep -qE 'libsteelpkt|\.h$' files.txt; then
    fail "the wheel holds more than the package"
fi
