# Sourced by ./demo and ./check: everything that a bare Debian or Ubuntu machine lacks. Does nothing the second time.
#
#     setup_packages NAME...     system packages by apt, with sudo where not root
#     setup_python               the virtual environment in .venv with what tools/requirements.txt names
#     setup_build                build/, build/steelpkt in it, and the Python package with its commands in .venv
#     setup_spark DIRECTORY      a virtual environment with PySpark and what it needs, and Java
#     setup_fuzz DIRECTORY       the fuzz targets

# Needed to build and to run the demo.
packages_build="build-essential pkg-config python3 python3-venv python3-dev libpcap-dev zlib1g-dev libzstd-dev liblz4-dev
    libpcre2-dev"
# Needed to check.
packages_check="libcmocka-dev clang llvm clang-format clang-tidy cppcheck tshark tcpdump iproute2 iputils-ping
    ethtool dnsmasq-base strace zstd lz4 procps xz-utils unzip mandoc zsh fish valgrind"
# Needed for the stage spark alone: the first of these that there is, unless a Java of that age is there.
packages_java="openjdk-17-jre-headless openjdk-21-jre-headless"
# Needed for the stage bigendian alone.
packages_bigendian="qemu-user binutils-s390x-linux-gnu"
case $(dpkg --print-architecture 2> /dev/null) in
    amd64) packages_check="$packages_check gcc-multilib" ;; # for the 32-bit build
esac
case $(. /etc/os-release 2> /dev/null && echo "${VERSION_CODENAME:-}") in
    buster | bullseye | focal | jammy) ;; # clang has its sanitizers and its fuzzer with it
    *) packages_check="$packages_check libclang-rt-dev" ;;
esac

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        echo "this needs root, and there is no sudo; as root: $*" >&2
        return 1
    fi
}

missing_packages() {
    local name
    for name in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$name" 2> /dev/null) in
            installed) ;;
            *) echo "$name" ;;
        esac
    done
}

setup_packages() {
    local missing
    if ! command -v apt-get > /dev/null; then
        echo "not Debian or Ubuntu: taking it that these are installed: $*" >&2
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -z "$missing" ] && return 0
    echo "installing" $missing
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 update \
        > "$root/.check/apt.log" 2>&1 || true # one list that cannot be fetched need not matter
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o Acquire::Retries=3 \
        -o DPkg::Lock::Timeout=300 install $missing >> "$root/.check/apt.log" 2>&1 || {
        tail -n 20 "$root/.check/apt.log" >&2
        return 1
    }
}

setup_python() {
    local stamp
    stamp=$(cksum < "$root/tools/requirements.txt")
    [ "$(cat "$root/.venv/stamp" 2> /dev/null)" = "$stamp" ] && return 0
    echo "setting up .venv"
    [ -x "$root/.venv/bin/python" ] || python3 -m venv "$root/.venv"
    "$root/.venv/bin/python" -m pip -q --disable-pip-version-check install -r "$root/tools/requirements.txt"
    echo "$stamp" > "$root/.venv/stamp"
}

# has_java: whether there is a Java that Spark 4 runs on
has_java() {
    local version
    version=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 17 ]
}

# setup_spark DIRECTORY: a virtual environment with PySpark, apart from all others, since it is large; and Java
setup_spark() {
    local name stamp
    for name in $packages_java; do
        has_java || setup_packages "$name" || true
    done
    has_java || { echo "no Java of version 17 or later, and none could be installed"; return 1; }
    stamp=$(cksum < "$root/tools/requirements-spark.txt")
    [ "$(cat "$1/stamp" 2> /dev/null)" = "$stamp" ] && return 0
    [ -x "$1/bin/python" ] || python3 -m venv "$1"
    "$1/bin/python" -m pip -q --disable-pip-version-check install --no-compile -r "$root/tools/requirements-spark.txt" || {
        echo "PySpark could not be installed"
        return 1
    }
    echo "$stamp" > "$1/stamp"
}

# setup_meson DIRECTORY OPTION...: configures a build directory, anew when the options have changed
setup_meson() {
    local directory=$1
    shift
    if [ "$(cat "$directory/options.stamp" 2> /dev/null)" != "$* ${CC:-}" ]; then
        rm -rf "$directory"
        meson setup "$directory" "$root" "$@" > "$root/.check/setup.log" 2>&1 || {
            tail -n 20 "$root/.check/setup.log" >&2
            return 1
        }
        echo "$* ${CC:-}" > "$directory/options.stamp"
    fi
}

# setup_fuzz DIRECTORY: the fuzz targets, as DIRECTORY/fuzz/fuzz_NAME
setup_fuzz() {
    CC=clang setup_meson "$1" -Dwerror=true -Dfuzz=true -Dtests=false -Dexamples=false -Dpython=disabled \
        -Db_sanitize=address,undefined -Db_lundef=false && ninja --quiet -C "$1"
}

setup_build() {
    CC=gcc setup_meson "$root/build" -Dtests=false -Dpython=enabled -Dpython.install_env=venv &&
        ninja --quiet -C "$root/build" > "$root/.check/build.log" 2>&1 &&
        meson install -C "$root/build" --no-rebuild --only-changed --quiet --tags python-runtime \
            >> "$root/.check/build.log" 2>&1 &&
        "$root/.venv/bin/python" "$root/tools/commands.py" || {
        tail -n 40 "$root/.check/build.log" >&2
        return 1
    }
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$root/.check"
export PATH="$root/.venv/bin:$PATH"
