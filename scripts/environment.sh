# Python environments for the scripts that compare with other programs. Source it from the root of the checkout.

# prepare ENVIRONMENT REQUIREMENTS: creates a virtual environment with the packages of a list, and recreates it if the
# list or Python changes. pip's --target also works with a Python without ensurepip (Debian's, if python3-venv is not
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

# find_torch PYTHON: makes `import torch` find the same libtorch that unet is linked with, since the wheel that setup
# fetched, or that contains LIBTORCH, is PyTorch itself. If LIBTORCH is not a PyTorch of this Python's version, a copy
# from pip is used.
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
