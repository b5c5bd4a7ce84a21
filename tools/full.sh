# SPDX-License-Identifier: Apache-2.0
# What `check --full` adds: each script of tests/full is a stage.  What a script needs beforehand is
# made by the function full_NAME here, in the same stage, so that it fails for a reason that can be read.

debian13_dir=$deps/debian13    # made once; rm -rf it for a newer one

check_full() {
	local script name status=0
	for script in "$top"/tests/full/*.sh; do
		name=$(basename "$script" .sh)
		check_stage "full-$name" "$(full_title "$script")" full_stage "$name" || status=1
	done
	return $status
}

# The first line of its own comment.
full_title() {
	sed -n '/^# [^S]/{s/^# //p;q}' "$1"
}

# Counted as the tests of the other stages are: check_count.
full_stage() {
	if full_prepare "$1" && full_run "$1"; then
		echo "# PASS: 1"
	else
		echo "# FAIL: 1"
		return 1
	fi
}

full_prepare() {
	! declare -F "full_$1" >/dev/null || ("full_$1")
}

# The programs are those of the stage gcc.
full_run() {
	DEBIAN13=$debian13_dir top_srcdir=$top top_builddir=$check_dir/gcc "$top/tests/full/$1.sh"
}

full_ansible() {
	have ansible || packages_install ansible-core
}

full_penalties() {
	full_debian13
}

full_debian13() {
	local mirror
	[ ! -e "$debian13_dir" ] || return 0
	mirror=${SALLYPORT_DEBIAN_MIRROR:-$(debian_mirror Debian)}
	[ -n "$mirror" ] || die "no Debian mirror is known" "SALLYPORT_DEBIAN_MIRROR=URL ./bootstrap ... names one (http://MIRROR/debian)"
	mkdir -p "$deps"
	as_root rm -rf "$debian13_dir.new"
	# In a mount namespace of its own: what debootstrap mounts is gone with it, whatever happens.
	as_root unshare --mount --propagation private debootstrap --variant=minbase --keyring="$debian_keyring" \
		--include=openssh-server,dropbear-bin,tinysshd trixie "$debian13_dir.new" "$mirror" ||
		die "debootstrap failed" "its own words are above and in $debian13_dir.new/debootstrap/debootstrap.log"
	as_root mv "$debian13_dir.new" "$debian13_dir"
}
