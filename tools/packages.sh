# SPDX-License-Identifier: Apache-2.0
# Which packages are missing, and the one step that needs root: installing them.

# setup KIND...: everything of these kinds is there afterwards, or it says what to do and ends.
setup() {
	local missing
	missing=$(needs_missing "$@")
	if [ -n "$missing" ] || ! libssh2_ready || { kinds_have demo "$@" && ! servers_ready; }; then
		have apt-get || refuse_system "$missing"
		setup_install "$@"
	fi
	export PKG_CONFIG_PATH=$deps/libssh2/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
}

setup_install() {
	local packages servers=()
	say "some of what is needed is missing; reading the package lists"
	! root_possible || as_root apt-get -qq update ||
		say "apt-get update failed: going on with the lists that are there"
	! kinds_have demo "$@" || mapfile -t servers < <(servers_missing)
	mapfile -t packages < <({
		needs_missing "$@" | packages_of
		libssh2_ready || libssh2_packages
		[ ${#servers[@]} -eq 0 ] || servers_libraries "${servers[@]}"
	} | sort -u | packages_absent)
	[ ${#packages[@]} -eq 0 ] || packages_install "${packages[@]}"
	libssh2_ready || libssh2_build
	[ ${#servers[@]} -eq 0 ] || servers_unpack "${servers[@]}"
}

have() {
	command -v "$1" >/dev/null
}

kinds_have() {
	local wanted=$1
	shift
	[[ " $* " == *" $wanted "* ]]
}

# Prints the rows of the table whose thing is not there: "how what package".
needs_missing() {
	local kind how what package
	while read -r kind how what package; do
		kinds_have "$kind" "$@" || continue
		"need_$how" "$what" || echo "$how $what $package"
	done < <(grep -v '^#' "$top/tools/needs")
}

need_cmd() {
	have "$1"
}

need_file() {
	[ -e "$1" ]
}

need_inc() {
	echo "#include <$1>" | "${CC:-cc}" -E - >/dev/null 2>&1
}

need_lib() {
	pkg-config --exists "${1/>=/ >= }" 2>/dev/null
}

need_link() {
	local source='int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }'
	echo "$source" | clang "-fsanitize=$1" -xc - -o /dev/null 2>/dev/null
}

# clang's run-time library has the compiler's version in its package name on some releases.
packages_of() {
	local how what package
	while read -r how what package; do
		if [ "$package" = libclang-rt-dev ] && [ -z "$(package_version "$package")" ]; then
			package=$(apt-cache depends clang | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p')
		fi
		echo "$package"
	done
}

# The version that apt-get would install; empty when it knows none.
package_version() {
	apt-cache policy "$1" | sed -n 's/^ *Candidate: //p' | grep -vxF '(none)' || true
}

packages_absent() {
	local package
	while read -r package; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
	done
}

packages_install() {
	root_possible || die "these packages are missing, and there is no root and no sudo to install them: $*" \
		"run as root: apt-get update && apt-get install --no-install-recommends $*" "then run the same command again"
	say "installing these packages with apt-get: $*"
	quietly packages "when the reason above is mended, run the same command again" apt_install "$@"
}

# An install that was interrupted is finished first.
apt_install() {
	as_root dpkg --configure -a &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
			install --no-install-recommends "$@"
}

root_possible() {
	[ "$(id -u)" = 0 ] || { have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

# Root is needed for nothing but apt-get and for an install prefix that is not ours.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		say "with sudo: $*"
		sudo "$@"
	fi
}

# in_workdir COMMAND...: runs it in a temporary folder in which apt-get may work as its own user when
# we are root: downloads go to src, lists and cache are apt-get's.  The folder is gone afterwards.
in_workdir() (
	work=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	cd "$work" || exit
	chmod 755 .
	mkdir -p src lists/partial cache/archives/partial
	[ "$(id -u)" != 0 ] || chown -R _apt src lists cache
	"$@"
)

refuse_system() {
	say "this is not a Debian or Ubuntu system, so bootstrap cannot install what is missing:"
	[ -z "$1" ] || awk '{ print "  " $1, $2 }' <<<"$1" >&2
	libssh2_ready || echo "  lib libssh2 >= $libssh2_oldest" >&2
	die "install these (lib: a library with its pkg-config file) with your system's tools" \
		"then run: autoreconf -fi && ./configure && make && make install"
}
