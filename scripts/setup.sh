#!/usr/bin/env bash
# Prepares a checkout for `swift build`: tools, system headers, and libtorch in .libtorch/torch. Run with `make setup`.
# A second run finds everything in place and returns at once.
#
# .libtorch/torch is libtorch with its folders include and lib. It comes from the PyPI package `torch`, or is a link to
# $LIBTORCH if that is set. It appears, by a rename, only once it is complete and has been loaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly version=2.13.0
readonly home=.libtorch
readonly stamp=$home/stamp

export PIP_ROOT_USER_ACTION=ignore  # pip writes only to folders of the checkout

say() { echo "setup: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

has_header() {
    local folder
    for folder in /usr/include /usr/include/*-linux-gnu /usr/local/include /opt/homebrew/include; do
        [ -e "$folder/$1" ] && return 0
    done
    return 1
}

has_pip() {
    # Running pip takes a third of a second, so this happens only until libtorch is installed.
    [ -e "$stamp" ] || python3 -m pip --version >/dev/null 2>&1
}

# Prints the Debian names of missing packages.
missing_packages() {
    command -v git >/dev/null || echo git
    command -v pkg-config >/dev/null || echo pkg-config
    has_header libdeflate.h || echo libdeflate-dev
    # On macOS, zlib is part of the system.
    [ "$(uname)" = Darwin ] || has_header zlib.h || echo zlib1g-dev
    has_header png.h || echo libpng-dev
    has_header tiffio.h || echo libtiff-dev
    if ! command -v python3 >/dev/null; then
        echo python3 python3-pip
    elif ! has_pip; then
        echo python3-pip
    fi
}

check_system() {
    command -v swift >/dev/null || fail "Swift 6.1 or newer is needed and no 'swift' is on the PATH; see swift.org/install."
    local missing
    missing=$(missing_packages | xargs)
    [ -n "$missing" ] || return 0
    if [ "$(uname)" = Darwin ]; then
        fail "some packages are missing; run: brew install ${missing//-dev/}"
    elif ! command -v apt-get >/dev/null; then
        fail "missing: ${missing} (Debian's names); install them with this system's package manager and run again."
    elif [ "$(id -u)" -ne 0 ]; then
        fail "some packages are missing; run: sudo apt-get install -y $missing"
    fi
    say "installing $missing"
    install_packages $missing || fail "apt-get could not install ${missing} (its message is above)."
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q "$@" </dev/null >&2 || { apt-get update -q >&2 && apt-get install -y -q "$@" </dev/null >&2; }
}

# Checks whether a folder contains libtorch's headers and libraries.
is_libtorch() {
    [ -d "$1/include/torch/csrc" ] && { [ -e "$1/lib/libtorch_cpu.so" ] || [ -e "$1/lib/libtorch_cpu.dylib" ]; }
}

version_of() {
    local header=$1/include/torch/headeronly/version.h
    [ -e "$header" ] || { echo "another version"; return; }
    awk '/define TORCH_VERSION_(MAJOR|MINOR|PATCH) /{ printf "%s%s", dot, $3; dot = "." }' "$header"
}

# Loads libtorch as a program would. Prints the loader's message and fails if a library is missing.
loads() {
    python3 - "$1/lib" <<'PYTHON'
import ctypes, os, sys

folder = sys.argv[1]
for name in ("libtorch_cpu", "libtorch_cuda"):
    for suffix in (".so", ".dylib"):
        path = os.path.join(folder, name + suffix)
        if os.path.exists(path):
            try:
                ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
            except OSError as error:
                sys.exit(str(error))
PYTHON
}

# Installs the NVIDIA packages that a CUDA build requires, but not triton, a compiler for Python.
install_requirements() {
    local list
    list=$(mktemp)
    sed -n -e '/extra ==/d' -e '/^Requires-Dist: triton/d' -e 's/^Requires-Dist: //p' "$1"/torch-*.dist-info/METADATA >"$list"
    python3 -m pip install --quiet --no-compile --target "$1" --requirement "$list" >&2 || { rm -f "$list"; return 1; }
    rm -f "$list"
}

# Clears SwiftPM's caches. SwiftPM keeps the result of Package.swift, which checks whether .libtorch exists, in a cache
# and in its build plan. Neither notices a new libtorch, so the upper half would stay excluded.
forget_manifest() {
    if [ "$(uname)" = Darwin ]; then
        rm -rf ~/Library/Caches/org.swift.swiftpm/manifests
    else
        rm -rf "${XDG_CACHE_HOME:-$HOME/.cache}/org.swift.swiftpm/manifests"
    fi
    touch Package.swift
}

# Writes the location of libtorch for pkg-config, for packages that depend on this one by version. SwiftPM takes only
# search paths and names of libraries from it.
write_pkg_config() {
    local root libraries="-ltorch_cpu -lc10"
    root=$(cd "$home/torch" && pwd -P)
    [ -e "$root/lib/libtorch_cuda.so" ] && libraries="-ltorch -ltorch_cuda $libraries"
    mkdir -p "$home/pkgconfig"
    cat >"$home/pkgconfig/libtorch.pc" <<PC
prefix=$root

Name: libtorch
Description: Tensors and automatic differentiation: the C++ library of PyTorch
Version: $(version_of "$root")
Cflags: -I\${prefix}/include -I\${prefix}/include/torch/csrc/api/include
Libs: -L\${prefix}/lib $libraries
PC
}

finish() {
    forget_manifest
    write_pkg_config
    echo "$1" >"$stamp"
}

link() {
    local source=$1 message found
    is_libtorch "$source" || fail "LIBTORCH is $source, which has no include/torch and lib/libtorch_cpu; set it to the folder that holds both."
    message=$(loads "$source" 2>&1) || fail "LIBTORCH is $source, which does not load: $message"
    found=$(version_of "$source")
    [ "$found" = "$version" ] || say "warning: LIBTORCH is $found; swift-unet is tested with $version."
    mkdir -p "$home"
    rm -rf "$home/torch"
    ln -s "$source" "$home/torch"
    finish "linked $source"
    say "libtorch $found is $source"
}

fetch() {
    local part=$home/part message
    say "fetching libtorch $version (once, about 200 MB; a CUDA build is larger)"
    rm -rf "$part"
    mkdir -p "$part"
    python3 -m pip install --no-deps --no-compile --target "$part" "torch==$version" >&2 ||
        fail "pip could not fetch torch==$version (its message is above); or set LIBTORCH to a libtorch $version that you have."
    rm -rf "$part/bin"  # commands of the packages, which are not needed
    is_libtorch "$part/torch" || fail "the package torch==$version that pip fetched holds no libtorch; set LIBTORCH to one that you have."
    if ! message=$(loads "$part/torch" 2>&1); then
        say "this build needs more libraries ($message); installing the packages that it requires"
        install_requirements "$part" && message=$(loads "$part/torch" 2>&1) ||
            fail "libtorch does not load: $message. For the CPU build run: PIP_INDEX_URL=<PyTorch's CPU index, see pytorch.org> make setup"
    fi
    local item
    rm -rf "$part/bin"
    for item in "$part"/*; do
        [ "$item" = "$part/torch" ] && continue
        rm -rf "${home:?}/${item##*/}"
        mv "$item" "$home/"
    done
    rm -rf "$home/torch"
    mv "$part/torch" "$home/torch"
    rm -rf "$part"
    finish "fetched $version"
    say "libtorch $version is in $home/torch"
}

check_libtorch() {
    local wanted="" have=""
    if [ -n "${LIBTORCH:-}" ]; then
        [ -d "$LIBTORCH" ] || fail "LIBTORCH is $LIBTORCH, which is not a folder."
        wanted=$(cd "$LIBTORCH" && pwd)
    fi
    if is_libtorch "$home/torch" && [ -e "$stamp" ]; then have=$(cat "$stamp"); fi

    if [ -n "$wanted" ]; then
        [ "$have" = "linked $wanted" ] || link "$wanted"
        return
    fi
    case $have in
        "fetched $version" | "linked "*) ;;  # a link stays until .libtorch is removed
        "")
            # A link created by hand.
            if [ -L "$home/torch" ] && is_libtorch "$home/torch"; then link "$(readlink -f "$home/torch")"; else fetch; fi
            ;;
        *) fetch ;;
    esac
}

check_system
check_libtorch
# Needed if the checkout was moved, or was set up by a version that did not write this file.
grep -qsx "prefix=$(cd "$home/torch" && pwd -P)" "$home/pkgconfig/libtorch.pc" || write_pkg_config
