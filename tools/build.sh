# SPDX-License-Identifier: Apache-2.0
# Configures and builds, out of tree; only what changed is done again.

# autoreconf when a part of its result is missing; make's own rules see to the rest.
build_configure_script() {
	[ -e "$top/configure" ] && [ -e "$top/Makefile.in" ] && [ -e "$top/config.h.in" ] && return
	(cd "$top" && quietly autoreconf "is the message about a missing tool? ./bootstrap build installs it" autoreconf -fi)
}

# build_in FOLDER [CONFIGURE-ARGS...]: configures when the arguments changed, then makes.
build_in() {
	local dir=$1 args="$*" source
	shift
	mkdir -p "$dir"
	source=$(realpath --relative-to="$dir" "$top")    # a tree that was moved still builds
	if [ ! -e "$dir/Makefile" ] || [ "$(cat "$dir/.args" 2>/dev/null)" != "$args" ]; then
		(cd "$dir" && "$source/configure" --quiet "$@" && make -s clean) && echo "$args" >"$dir/.args"
	fi && make -C "$dir" -s -j"$(nproc)"
}

build_program() {
	build_configure_script
	[ -e "$top/build/sallyport" ] || say "building (log: $logs/build.log)"
	quietly build "if a file of the build is damaged: rm -rf build and run the same command again" \
		build_in "$top/build" --prefix="${1-$(build_prefix)}"
}

# The prefix that build/ was configured for, so that "run" after "install" rebuilds nothing.
build_prefix() {
	sed -n 's/.*--prefix=//p' "$top/build/.args" 2>/dev/null | grep . || echo /usr/local
}

build_install() {
	local place=$1
	build_program "$1"
	while [ ! -e "$place" ]; do
		place=$(dirname "$place")
	done
	if [ -w "$place" ]; then
		make -C "$top/build" -s install
	elif root_possible; then
		as_root make -C "$top/build" -s install
	else
		die "$place cannot be written, and there is no root and no sudo" \
			"run as root: make -C $top/build install" "or choose a folder of your own: ./bootstrap install --prefix ~/.local"
	fi
	say "installed: $1/bin/sallyport"
}
