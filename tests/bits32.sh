#!/bin/bash
# The core on a 32-bit machine: base, wire, proto and packet compiled with -m32, and the decoder's laws (fuzz/decode.c:
# rows tile, every value reads, what is read builds the same bytes) on every shipped packet and every prefix of it.
# Ends with 77 where the compiler cannot.
#
#     bits32.sh DIRECTORY
set -euo pipefail
cd "$(dirname "$0")/.."
directory=$1
mkdir -p "$directory"
if ! echo 'int main(void) { return 0; }' | gcc -m32 -x c -o "$directory/try" - 2> /dev/null || ! "$directory/try"; then
    echo "gcc -m32 does not work here (gcc-multilib is not installed, or this is no x86-64)"
    exit 77
fi
python3 fuzz/seeds.py "$directory/seeds"
flags="-m32 -std=c11 -O1 -g -Wall -Wextra -Werror -Wconversion -fsanitize=address,undefined -fno-sanitize-recover=all
    -D_FILE_OFFSET_BITS=64 -DSPK_VERSION_TEXT=\"32\" -Iinclude -Isrc -Ibuild/src"
sources=$(ls src/base/*.c src/wire/*.c src/packet/*.c)
for name in $(sed -n "s/^  '\(\w*\)',\$/\1/p; s/^  '\(\w*\)\.c',\$/\1/p" src/proto/meson.build); do
    sources="$sources src/proto/$name.c"
done
printf '%s\n' $sources fuzz/standalone.c fuzz/decode.c | xargs -P "$(nproc)" -I{} \
    sh -c 'gcc '"$(echo $flags | sed 's/"/\\"/g')"' -c -o "'"$directory"'/$(echo {} | tr / _).o" {}'
gcc -m32 -fsanitize=address,undefined -o "$directory/decode" "$directory"/*.c.o
find "$directory/seeds/decode" -type f -print0 | xargs -0 "$directory/decode"
