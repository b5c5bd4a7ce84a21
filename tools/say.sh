# SPDX-License-Identifier: Apache-2.0
# How bootstrap speaks: one line a fact on standard error, and a next step with every failure.

say() {
	printf 'bootstrap: %s\n' "$*" >&2
}

# die WHAT-AND-WHY [NEXT-STEP...]
die() {
	say "$1"
	shift
	[ $# -eq 0 ] || printf 'hint: %s\n' "$@" >&2
	exit 1
}

usage_error() {
	say "$1"
	usage >&2
	exit 2
}

# quietly NAME HINT COMMAND...: keeps the output in a log, shows its end when the command fails.
quietly() {
	local log=$logs/$1.log hint=$2
	shift 2
	mkdir -p "$logs"
	"$@" >"$log" 2>&1 </dev/null && return
	tail -n 20 "$log" >&2
	die "this failed: $*" "$hint" "all of its output is in $log"
}
