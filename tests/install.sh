#!/bin/bash
# Installs a build and uses it as a stranger would: pkg-config, shared and static, C and C++; looks at what is exported.
#
#     install.sh BUILD DIRECTORY
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 prefix=$2

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

rm -rf "$prefix"
mkdir -p "$prefix"
DESTDIR=$prefix meson install -C "$build" --quiet --no-rebuild
library=$(find "$prefix" -name libsteelpkt.so -print -quit)
[ -n "$library" ] || fail "no shared library was installed"
place=$(dirname "$library")

soname=$(readelf -d "$library" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
[ "$soname" = libsteelpkt.so.0 ] || fail "the soname is $soname"
[ -e "$place/$soname" ] || fail "no $soname beside the library"
foreign=$(nm -D --defined-only "$library" | awk '$3 !~ /^spk_/ { print $3 }' | sed 's/@.*//')
[ -z "$foreign" ] || fail "exported but not spk_: $foreign"
[ "$(nm -D --defined-only "$library" | wc -l)" -gt 10 ] || fail "hardly anything is exported"

export PKG_CONFIG_PATH=$place/pkgconfig PKG_CONFIG_SYSROOT_DIR=$prefix
[ "$(pkg-config --modversion steelpkt)" = "$(sed -n "s/^  version: '\(.*\)',/\1/p" "$here/../meson.build" | head -n 1)" ] ||
    fail "pkg-config says another version than meson.build"

cat > "$prefix/user.c" << 'END'
#include <steelpkt.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct spk_reader *reader;
    struct spk_error error;
    struct spk_record record;
    unsigned packets = 0;
    if (argc < 2 || spk_reader_open(argv[1], &reader, &error) != SPK_OK) {
        return 1;
    }
    while (spk_reader_next(reader, &record, &error) == SPK_OK) {
        packets++;
    }
    spk_reader_close(reader);
    printf("%s %u\n", spk_version(), packets);
    return 0;
}
END
cp "$prefix/user.c" "$prefix/user.cc"
flags=$(pkg-config --cflags steelpkt)
gcc -std=c11 -Wall -Wextra -Werror $flags -o "$prefix/shared" "$prefix/user.c" $(pkg-config --libs steelpkt)
g++ -std=c++17 -Wall -Wextra -Werror $flags -o "$prefix/plus" "$prefix/user.cc" $(pkg-config --libs steelpkt)
# Only this library statically: those below it need what Debian does not install with them.
below=$(pkg-config --print-requires-private steelpkt)
gcc -std=c11 -Wall -Wextra -Werror $flags -o "$prefix/static" "$prefix/user.c" "$place/libsteelpkt.a" \
    $(PKG_CONFIG_SYSROOT_DIR='' pkg-config --libs $below) -pthread
want="$(pkg-config --modversion steelpkt) 6"
for program in shared plus static; do
    said=$(LD_LIBRARY_PATH=$place "$prefix/$program" "$here/captures/dns.pcap")
    [ "$said" = "$want" ] || fail "$program said $said, not $want"
done

command=$(find "$prefix" -type f -path '*bin/steelpkt')
[ -x "$command" ] || fail "no command was installed"
"$command" --version | grep -q "$(pkg-config --modversion steelpkt)" || fail "the command says another version"

# A plug-in, built as its file says and loaded by the installed command.
gcc -std=c11 -Wall -Wextra -Werror -shared -fPIC $flags -o "$prefix/sensor.so" "$here/../examples/sensor/sensor.c" \
    $(pkg-config --libs steelpkt)
"$command" fields -P "$prefix/sensor.so" --tsv sensor | grep -q '^sensor.name' || fail "the plug-in was not loaded"

# Manual pages, and each shell's completions where that shell looks for them.
for name in $("$command" generate); do
    case $name in
        *.[0-9]) path=man/man${name##*.}/$name ;;
        bash) path=bash-completion/completions/steelpkt ;;
        zsh) path=zsh/site-functions/_steelpkt ;;
        fish) path=fish/vendor_completions.d/steelpkt.fish ;;
    esac
    "$command" generate "$name" | cmp -s - "$(find "$prefix" -path "*/share/$path")" || fail "$name was not installed"
done
echo "installed, linked and run: shared, C++, static, command, plug-in; manual and completions"
