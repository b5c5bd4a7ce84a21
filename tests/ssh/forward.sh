# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the tests of port forwards share, after tests/lib.sh:
#
#   ADDRESS                            a loopback address that no other test uses
#   serve COMMAND...                   sets PORT: a TCP server on 127.0.0.1 that runs it for each connection
#   begin HOST ARGUMENT...             connect -N in the background (SESSION is its pid), until it is open;
#                                      what it says goes to $TMP/said
#   end                                ends it
#   reach ...                          tests/lab/reach
#   said TEXT                          waits until it was said

reach() {
	"$LAB_BIN/reach" "$@"
}

# All of 127.0.0.0/8 is ours, and a process has its number alone.
ADDRESS=127.$((100 + $$ / 65536 % 100)).$(($$ / 256 % 256)).$(($$ % 256))

# shellcheck disable=SC2034 # PORT is the result
serve() {
	faults_start
	served=$((${served:-0} + 1))
	{
		printf 'served%s' "$served"
		printf '\t%s' "$(command -v "$1")"
		shift
		[ $# -eq 0 ] || printf '\t%s' "$@"
		echo
	} >"$TMP/faults/served.$served"
	lab_launch "$TMP/faults" "$(lab_bin inetd)" "$TMP/faults/served.$served"
	PORT=$(lab_port "$TMP/faults" "served$served")
}

said() {
	wait_for grep -qF -- "$1" "$TMP/said"
}

begin() {
	: >"$TMP/said"
	host=$1
	shift
	"$SALLYPORT" connect -v -N "$@" "$host" </dev/null >"$TMP/said.out" 2>"$TMP/said" &
	SESSION=$!
	at_exit "kill $SESSION 2>/dev/null || :"
	said 'session.channel: '
}

# Whatever a sanitizer has to say counts.
end() {
	kill "$SESSION"
	wait "$SESSION" || :
	! grep -E 'Sanitizer|runtime error' "$TMP/said" >&2 || fail 'a sanitizer is not content'
}

# Resident memory, in KiB.
memory() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$SESSION/status"
}
