#!/bin/bash
# Lays out the C as .clang-format says; with --check only tells which files differ, and ends with 1 if any does.
set -euo pipefail
cd "$(dirname "$0")/.."
files=$(git ls-files --cached --others --exclude-standard '*.c' '*.h' '*.cpp' | sort -u)
if [ "${1:-}" != --check ]; then
    clang-format -i --style=file $files
    exit
fi
same=0 different=0
for file in $files; do
    if clang-format --style=file "$file" | cmp -s - "$file"; then
        same=$((same + 1))
    else
        echo "$file: not laid out; tools/format.sh does it"
        different=$((different + 1))
    fi
done
echo "format: $same as they should be, $different not"
[ $different = 0 ]
