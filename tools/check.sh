# SPDX-License-Identifier: Apache-2.0
# All tests, in every way of building.  A stage that fails does not keep the others from running.

check_dir=$top/build/check
check_table="
	gcc       warnings are errors; all tests
	asan      the same with address and undefined-behaviour sanitizers
	clang     the same with clang; what needs no server and no terminal
	valgrind  unit tests; sessions and checks
	fuzz      every fuzz target on its corpus
	dist      make distcheck; the same tests as clang
"
check_quick='$(UNIT_TESTS) tests/layers.sh tests/style.sh'

check_all() {
	local name what failed=()
	build_configure_script
	mkdir -p "$check_dir"
	rm -f "$check_dir"/*.log
	while read -r name what; do
		check_stage "$name" "$what" "check_$name" || failed+=("$name")
	done <<<"$(sed '/^[[:space:]]*$/d' <<<"$check_table")"
	[ "${1-}" != --full ] || check_full || failed+=(full)
	check_count
	[ ${#failed[@]} -eq 0 ] || die "check: FAILED: ${failed[*]}" "the logs are $check_dir/NAME.log"
	say "check: all passed"
}

# check_stage NAME WHAT COMMAND...: its output goes to a log.
check_stage() {
	local name=$1 log=$check_dir/$1.log start=$SECONDS
	say "check $name: $2"
	shift 2
	if "$@" >"$log" 2>&1 </dev/null; then
		say "check $name: passed ($((SECONDS - start)) s)"
	else
		check_why "$name" "$log" >&2
		say "check $name: FAILED ($((SECONDS - start)) s), log: $log"
		return 1
	fi
}

# What failed, and the end of what each failed test said.
check_why() {
	local test
	grep -E '^(FAIL|ERROR|XPASS)|error:|ERROR SUMMARY' "$2" | head -n 30 || tail -n 15 "$2"
	for test in $(sed -n 's/^FAIL: //p' "$2" | head -n 10); do
		echo "--- $test"
		tail -n 25 "$check_dir/$1/$test.log" 2>/dev/null || true
	done
}

# Tests that passed and failed, of all stages: one line that programs understand.
check_count() {
	awk '/^# PASS:/ { passed += $3 } /^# (FAIL|ERROR|XPASS):/ { failed += $3 }
		END { printf "%d passed, %d failed\n", passed, failed }' "$check_dir"/*.log
}

# The build of gcc is the one that valgrind and distcheck use afterwards.
check_gcc() {
	check_build gcc CC=gcc && check_make gcc check
}

check_asan() {
	check_build asan CC=gcc --enable-asan &&
		ASAN_OPTIONS=detect_stack_use_after_return=1 check_make asan check
}

check_clang() {
	check_build clang CC=clang && check_make clang check "TESTS=$check_quick"
}

# Without test_term: valgrind does not stop a process that suspends itself.
check_valgrind() {
	check_make gcc check 'TESTS=$(filter-out tests/unit/test_term,$(UNIT_TESTS))' \
		LOG_COMPILER='timeout -k 10 900 valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite' &&
		top_builddir=$check_dir/gcc timeout -k 10 900 "$top/tests/ssh/under_valgrind.sh"
}

check_fuzz() {
	check_build fuzz CC=clang --enable-fuzzing && check_make fuzz check-fuzz
}

check_dist() {
	check_make gcc distcheck "TESTS=$check_quick" DISTCHECK_CONFIGURE_FLAGS=--enable-werror
}

check_build() {
	local name=$1
	shift
	build_in "$check_dir/$name" --enable-werror "$@"
}

# Twice as many jobs as processors: most tests wait for servers and terminals.
check_make() {
	local name=$1
	shift
	make -C "$check_dir/$name" -j"$((2 * $(nproc)))" "$@"
}
