#!/bin/sh
# Installs the deployer for this user: `sh install.sh` downloads the newest release, `sh install.sh ARCHIVE` takes a file.
#
# It checks the archive against SHA256SUMS and, where the GitHub CLI is installed, its attestation: that the archive was
# built by the release workflow of the repository. PREFIX changes the place, DEPLOYER_REPOSITORY the repository.
set -eu

repository=${DEPLOYER_REPOSITORY:-@REPOSITORY@}
prefix=${PREFIX:-$HOME/.local}

fail() {
    echo "error: $1" >&2
    [ $# -lt 2 ] || echo "hint: $2" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

sha256() {
    if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

download() {
    if has curl; then
        curl --proto '=https' --fail --silent --show-error --location --output "$2" "$1"
    elif has wget; then
        wget -q -O "$2" "$1"
    else
        fail "curl and wget are missing" "install one of them, or pass an archive to this script"
    fi
}

[ "$(uname -s)" = Linux ] || fail "there is no archive for $(uname -s)" "build the deployer: cargo install --path deployer"
machine=$(uname -m)
sums=SHA256SUMS-$machine
mkdir -p "$prefix"
# Beside the target, so that what is moved into place is on the same disk.
temporary=$(mktemp -d "$prefix/.deployer.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT TERM

if [ $# -gt 0 ]; then
    archive=$1
    [ -f "$archive" ] || fail "there is no file $archive"
    [ -f "$(dirname "$archive")/$sums" ] || fail "$sums is missing beside $archive" "download it from the same release"
    cp "$(dirname "$archive")/$sums" "$temporary/$sums"
else
    case $repository in
        */*) ;;
        *) fail "no repository to download from" "set DEPLOYER_REPOSITORY=OWNER/NAME, or pass an archive to this script" ;;
    esac
    releases=https://github.com/$repository/releases/latest/download
    echo "Downloading from $releases" >&2
    download "$releases/$sums" "$temporary/$sums"
    name=$(sed -n "s/^[0-9a-f]\{64\}  \(deployer-[0-9A-Za-z.+-]*-$machine-linux\.tar\.gz\)\$/\1/p" "$temporary/$sums")
    [ -n "$name" ] || fail "the newest release has no archive for $machine"
    archive=$temporary/$name
    download "$releases/$name" "$archive"
fi

name=$(basename "$archive")
expected=$(awk -v name="$name" '$2 == name { print $1 }' "$temporary/$sums")
[ -n "$expected" ] || fail "$sums does not list $name"
[ "$(sha256 "$archive")" = "$expected" ] || fail "$name is damaged: its SHA-256 differs from $sums" "download it again"
case $repository in
    */*)
        if has gh && gh auth status >/dev/null 2>&1; then
            gh attestation verify "$archive" --repo "$repository" \
                --signer-workflow "$repository/.github/workflows/release.yml" >&2 ||
                fail "$name has no attestation of $repository" "download it from a release of $repository"
        else
            echo "The attestation is not checked: that needs the GitHub CLI, logged in (gh auth login)." >&2
        fi
        ;;
esac

tar -xzf "$archive" -C "$temporary"
unpacked=$temporary/${name%.tar.gz}
[ -x "$unpacked/deployer" ] || fail "$name contains no deployer"
"$unpacked/deployer" --version >/dev/null 2>"$temporary/problem" ||
    fail "the deployer does not run on this system: $(sed -n 1p "$temporary/problem")" "build it: cargo install --path deployer"
mkdir -p "$prefix/bin" "$prefix/share/deployer" "$prefix/share/man/man1"
# On the file system of the installation first, so that the exchange is quick.
rm -rf "$prefix/share/deployer/handlers.new" "$prefix/share/deployer/handlers.old"
mv "$unpacked/handlers" "$prefix/share/deployer/handlers.new"
if [ -e "$prefix/share/deployer/handlers" ]; then
    mv "$prefix/share/deployer/handlers" "$prefix/share/deployer/handlers.old"
fi
mv "$prefix/share/deployer/handlers.new" "$prefix/share/deployer/handlers"
rm -rf "$prefix/share/deployer/handlers.old"
mv -f "$unpacked/deployer.1" "$prefix/share/man/man1/deployer.1"
mv -f "$unpacked/deployer" "$prefix/bin/deployer"
echo "Installed $("$prefix/bin/deployer" --version) in $prefix/bin" >&2
case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) echo "hint: add it to your PATH: export PATH=\"$prefix/bin:\$PATH\"" >&2 ;;
esac
