# Python for the scripts that compare with others; sourced, from the root of the checkout.

# prepare ENVIRONMENT REQUIREMENTS: a virtual environment with the packages of a list, made anew when the list or
# Python changes. pip's --target serves a Python without ensurepip as well (Debian's, where python3-venv is not
# installed).
prepare() {
    local environment=$1 requirements=$2 wanted
    wanted="$(python3 -c 'import sys; print(sys.version, sys.executable)') $(cksum <"$requirements")"
    [ -x "$environment/bin/python3" ] && [ "$(cat "$environment/stamp" 2>/dev/null)" = "$wanted" ] && return
    echo "installing the packages of $requirements into $environment (once)" >&2
    rm -rf "$environment"
    python3 -m venv --without-pip "$environment"
    local packages
    packages=$("$environment/bin/python3" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --no-compile --target "$packages" --requirement "$requirements" >&2 ||
        fail "pip could not install $requirements (its message is above)."
    echo "$wanted" >"$environment/stamp"
}

# find_torch PYTHON: `import torch` finds the very libtorch that unet is linked with: the wheel that set-up fetched, or
# that LIBTORCH is part of, is PyTorch itself. Or a copy from pip where LIBTORCH is no PyTorch of this Python's version.
find_torch() {
    local folder
    for folder in "$PWD/.libtorch" "$(dirname "$(readlink -f .libtorch/torch)")"; do
        if PYTHONPATH=$folder "$1" -c 'import torch' 2>/dev/null; then
            export PYTHONPATH=$folder
            return
        fi
    done
    "$1" -c 'import torch' 2>/dev/null ||
        fail "'import torch' fails with .libtorch/torch; unset LIBTORCH and remove .libtorch, so that set-up fetches PyTorch for this Python."
}
