# SPDX-License-Identifier: Apache-2.0
# All tests, in every way of building.  A stage that fails does not keep the others from running.

check_dir=$top/build/check
check_table="
	gcc       warnings are errors; all tests
	asan      the same with address and undefined-behaviour sanitizers
	clang     the same with clang, without the sessions
	valgrind  the unit tests
	fuzz      every fuzz target on its corpus
	dist      make distcheck
"

check_all() {
	local name what failed=()
	PATH=$(servers_path)
	build_configure_script
	mkdir -p "$check_dir"
	while read -r name what; do
		check_stage "$name" "$what" || failed+=("$name")
	done <<<"$(sed '/^[[:space:]]*$/d' <<<"$check_table")"
	[ "${1-}" != --full ] || check_full || failed+=(full)
	[ ${#failed[@]} -eq 0 ] || die "check: FAILED: ${failed[*]}" "the logs are $check_dir/NAME.log"
	say "check: all passed"
}

# check_stage NAME WHAT: runs check_NAME; its output goes to a log.
check_stage() {
	local log=$check_dir/$1.log start=$SECONDS
	say "check $1: $2"
	if "check_$1" >"$log" 2>&1 </dev/null; then
		say "check $1: passed ($((SECONDS - start)) s)"
	else
		grep -E '^(FAIL|ERROR|XPASS)|error:|ERROR SUMMARY' "$log" | head -n 30 >&2 || true
		tail -n 15 "$log" >&2
		say "check $1: FAILED ($((SECONDS - start)) s), log: $log"
		return 1
	fi
}

check_gcc() {
	build_in "$check_dir/gcc" CC=gcc --enable-werror && make -C "$check_dir/gcc" check
}

check_asan() {
	build_in "$check_dir/asan" CC=gcc --enable-werror --enable-asan && make -C "$check_dir/asan" check
}

check_clang() {
	build_in "$check_dir/clang" CC=clang --enable-werror && make -C "$check_dir/clang" check
}
