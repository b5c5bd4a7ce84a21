# SPDX-License-Identifier: Apache-2.0
# libssh2 where the distribution's is too old: Debian's source package of a newer release, with
# Debian's security patches, built as a static library in the tree.  apt-get verifies it; its
# lists and downloads live in a temporary folder, so that the system's configuration stays as it is.

libssh2_oldest=1.11.1               # what configure asks for
libssh2_source=1.11.1-1+deb13u2     # the first version whose known memory faults are mended
libssh2_release=trixie
libssh2_prefix=$deps/libssh2
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

libssh2_ready() {
	have pkg-config || return 1
	pkg-config --exists "libssh2 >= $libssh2_oldest" || libssh2_built
}

# The stamp is written last: an interrupted build has none.
libssh2_built() {
	[ -e "$libssh2_prefix/version" ] &&
		dpkg --compare-versions "$(cat "$libssh2_prefix/version")" ge "$libssh2_source"
}

libssh2_packages() {
	if dpkg --compare-versions "$(package_version libssh2-1-dev)" ge "$libssh2_oldest"; then
		echo libssh2-1-dev
	else
		printf '%s\n' dpkg-dev debian-archive-keyring
	fi
}

libssh2_build() {
	say "building libssh2 from Debian's source package into $libssh2_prefix (the system's is older than $libssh2_oldest)"
	in_workdir libssh2_build_here
}

libssh2_build_here() {
	libssh2_sources "$PWD"
	quietly libssh2-fetch "is the network there? SALLYPORT_DEBIAN_MIRROR=URL names another Debian mirror" libssh2_fetch
	cd src/libssh2-*/ || exit
	libssh2_verify
	quietly libssh2-build "the compiler's message is above" libssh2_make
	dpkg-parsechangelog -S Version >"$libssh2_prefix/version"
	say "libssh2 $(cat "$libssh2_prefix/version") is built"
}

# An apt configuration of our own, without the hooks of the system's.
libssh2_sources() {
	local mirror security
	mirror=${SALLYPORT_DEBIAN_MIRROR:-$(debian_mirror Debian)}
	[ -n "$mirror" ] ||
		die "this system's libssh2 is older than $libssh2_oldest, and it knows no Debian mirror to build a newer one from" \
			"SALLYPORT_DEBIAN_MIRROR=URL ./bootstrap ... names one (http://MIRROR/debian)"
	security=$(debian_mirror Debian-Security)
	security=${security:-${mirror%/}-security}
	cat >"$1/sources.list" <<-EOF
		deb-src [signed-by=$debian_keyring] $mirror $libssh2_release main
		deb-src [signed-by=$debian_keyring] $security $libssh2_release-security main
	EOF
	cat >"$1/apt.conf" <<-EOF
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State::lists "$1/lists";
		Dir::Cache "$1/cache";
		Acquire::Languages "none";
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	EOF
}

# The mirror that this machine already uses for Debian; empty where there is none.
debian_mirror() {
	# shellcheck disable=SC2016  # apt-get expands it
	apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' "Label: $1" 'Created-By: Packages' |
		sed -n '1s,/*$,,p'
}

libssh2_fetch() (
	apt-get -c apt.conf -q update && cd src && apt-get -c ../apt.conf -q source libssh2
)

# apt-get checked the signatures; this checks that the version is one with the security patches and
# that dpkg-source applied every patch.
libssh2_verify() {
	local version
	version=$(dpkg-parsechangelog -S Version)
	dpkg --compare-versions "$version" ge "$libssh2_source" ||
		die "the mirror has libssh2 $version, which lacks security patches: $libssh2_source or newer is needed" \
			"SALLYPORT_DEBIAN_MIRROR=URL names another Debian mirror"
	diff <(sed '/^#/d; /^$/d; s/ .*//' debian/patches/series) .pc/applied-patches >&2 ||
		die "Debian's patches for libssh2 $version were not all applied (see above)" \
			"run the same command again; if it stays so, report it"
}

libssh2_make() {
	rm -rf "$libssh2_prefix"
	./configure --prefix="$libssh2_prefix" --disable-shared --with-pic --with-crypto=openssl --without-libz \
		--disable-examples-build \
		CFLAGS="$(dpkg-buildflags --get CFLAGS)" CPPFLAGS="$(dpkg-buildflags --get CPPFLAGS)" &&
		make -j"$(nproc)" SUBDIRS=src && make SUBDIRS=src install && libssh2_relocatable
}

# The tree may be moved: the prefix follows the file.
libssh2_relocatable() {
	# shellcheck disable=SC2016  # pkg-config expands it
	sed -i 's,^prefix=.*,prefix=${pcfiledir}/../..,' "$libssh2_prefix/lib/pkgconfig/libssh2.pc"
}
