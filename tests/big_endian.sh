#!/bin/bash
# The unit tests on a machine of the other byte order: compiled for s390x by clang (gcc's cross compilers shut out the
# multilib that the 32-bit build needs) and run under qemu-user, with that machine's own libraries. These come from the
# distribution's archive into the directory; nothing is installed from them. Ends with 77 and says why where that cannot be.
#
#     big_endian.sh DIRECTORY
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
directory=$(cd "$1" && pwd)
root=$directory/root

# Left out: capture_live and capture_memory, since qemu-user has no packet sockets; query_cells, which takes minutes here,
# and whose subjects the vectors and the laws of packets try as well.
left_out="capture_live capture_memory query_cells"

cannot() {
    echo "$*"
    exit 77
}

# apt as that machine would run it, with lists, state and cache of its own
foreign_apt() {
    mkdir -p "$directory/apt/lists/partial" "$directory/apt/cache/archives/partial"
    : > "$directory/apt/status"
    cat > "$directory/apt/conf" << END
APT::Architecture "s390x";
APT::Architectures "s390x";
Dir::State::Lists "$directory/apt/lists";
Dir::State::status "$directory/apt/status";
Dir::Cache "$directory/apt/cache";
Acquire::Retries "3";
END
    APT_CONFIG=$directory/apt/conf apt-get -q "$@"
}

fetch_libraries() {
    [ -e "$directory/fetched" ] && return
    command -v apt-get > /dev/null || cannot "no apt to fetch libraries for s390x with"
    foreign_apt update > "$directory/apt.log" 2>&1 || true
    runtime=$(APT_CONFIG=$directory/apt/conf apt-cache pkgnames libgcc- | grep -x 'libgcc-[0-9]*-dev' | sort -V |
        tail -n 1) || cannot "the archive here has no libraries of the compiler for s390x"
    foreign_apt -y --no-install-recommends --download-only install $runtime libc6-dev libpcap-dev zlib1g-dev libzstd-dev \
        liblz4-dev libpcre2-dev libcmocka-dev >> "$directory/apt.log" 2>&1 ||
        cannot "the archive here has no libraries for s390x"
    rm -rf "$root"
    mkdir -p "$root"
    for package in "$directory"/apt/cache/archives/*.deb; do
        dpkg -x "$package" "$root"
    done
    touch "$directory/fetched"
}

write_cross_file() {
    cat > "$directory/cross.ini" << END
[binaries]
c = ['clang', '--target=s390x-linux-gnu', '--gcc-toolchain=$root/usr']
ar = 's390x-linux-gnu-ar'
strip = 's390x-linux-gnu-strip'
pkg-config = 'pkg-config'
exe_wrapper = ['qemu-s390x', '-L', '$root']

[built-in options]
c_args = ['--sysroot=$root']
c_link_args = ['--sysroot=$root']

[properties]
sys_root = '$root'
pkg_config_libdir = '$root/usr/lib/s390x-linux-gnu/pkgconfig:$root/usr/share/pkgconfig'
test_runner = ['qemu-s390x', '-L', '$root']

[host_machine]
system = 'linux'
cpu_family = 's390x'
cpu = 's390x'
endian = 'big'
END
}

for program in qemu-s390x clang s390x-linux-gnu-ld; do
    command -v $program > /dev/null || cannot "no command $program (qemu-user, clang, binutils-s390x-linux-gnu)"
done
fetch_libraries
write_cross_file
[ -e "$directory/build/build.ninja" ] ||
    meson setup "$directory/build" --cross-file "$directory/cross.ini" -Dpython=disabled -Dexamples=false \
        -Dwerror=true -Doptimization=2 > "$directory/setup.log" 2>&1 || {
    tail -n 20 "$directory/setup.log"
    exit 1
}
ninja --quiet -C "$directory/build"
tests=$(meson test -C "$directory/build" --no-rebuild --list 2> /dev/null | sed 's/.*://' |
    grep -vxE "$(echo $left_out | tr ' ' '|')")
meson test -C "$directory/build" --no-rebuild --print-errorlogs -t 4 $tests
