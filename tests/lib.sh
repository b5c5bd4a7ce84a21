# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What shell tests share.  A test begins with
#
#     . "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
#
# and then has TMP (a folder of its own, gone at the end), HOME and the XDG
# folders in it, and SALLYPORT, the program.  It fails by a call of fail or by
# any command of it that fails (set -e).
#
#   fail TEXT...                       ends the test, shows what was printed last
#   expect STATUS COMMAND...           runs it; output to $TMP/out and $TMP/err
#   expect_out TEXT, expect_err TEXT   what the last `expect` printed contains TEXT
#   expect_no_out TEXT, expect_no_err  ... does not
#   expect_same FILE FILE              byte for byte
#   wait_for COMMAND...                until it succeeds: 20 s, or $WAIT
#   at_exit COMMAND...                 before TMP goes, last one first
#   free_port                          sets PORT: refuses, and nobody else gets it
#   fault BEHAVIOUR                    sets PORT: a fault server (tests/lab/faultd --list)
#   fake BEHAVIOUR                     sets PORT: trouble after the key exchange (fakesshd --list); its key
#                                      is put into known_hosts, of the lab if there is one
#   lab NAME...                        starts hosts of tests/lab/servers.txt in $TMP/lab ($LAB), sets
#                                      LAB_USER, LAB_PASSWORD, ..., SALLYPORT_HOSTS
#   ptyrun ...                         tests/lab/ptyrun: byte-exact terminal
#
# A screen is a real terminal (tmux on a socket of its own):
#
#   screen_start COLS ROWS COMMAND...  SCREEN_TERM is its TERM (screen-256color)
#   screen_keys KEY...                 tmux names: Enter Escape Up C-c a b
#   screen_type TEXT                   as it is
#   screen_wait TEXT, screen_wait_gone TEXT
#   screen_text                        prints it
#   screen_golden NAME                 compares with tests/screen/golden/NAME.txt after screen_mask (which a
#                                      test may redefine: a filter); GENERATE=1 rewrites the file
#   screen_resize COLS ROWS
#   screen_modes                       prints "alternate=0 cursor=1 mouse=0 keypad=0"
#   screen_status                      waits for the command's end and prints its exit status
#   screen_stop

set -eu

top_srcdir=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
top_builddir=$(cd "${top_builddir:-.}" && pwd)
SALLYPORT=${SALLYPORT:-$top_builddir/sallyport}
LAB_SRC=$top_srcdir/tests/lab
LAB_BIN=$top_builddir/tests/lab
WAIT=${WAIT:-20}
test_name=$(basename "$0" .sh)
# For a build with the leak checker: the leaks of libraries, known by whole stacks.
LSAN_OPTIONS=suppressions=$LAB_SRC/leaks.supp:print_suppressions=0
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}fast_unwind_on_malloc=0
export ASAN_OPTIONS LAB_BIN LSAN_OPTIONS SALLYPORT

TMP=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-$test_name.XXXXXX")
HOME=$TMP/home
XDG_CONFIG_HOME=$HOME/.config
XDG_STATE_HOME=$HOME/.local/state
XDG_CACHE_HOME=$HOME/.cache
LC_ALL=C.UTF-8
export HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME LC_ALL
unset SALLYPORT_HOSTS SSH_AUTH_SOCK SSH_ASKPASS SSH_ASKPASS_REQUIRE DISPLAY NO_COLOR TMUX LANG || :
(umask 077 && mkdir -p "$HOME/.ssh")
: >"$TMP/out"
: >"$TMP/err"
: >"$TMP/at_exit"

cleanup() {
	status=$?
	trap - EXIT INT TERM HUP
	set +e
	while [ -s "$TMP/at_exit" ]; do
		eval "$(tail -n 1 "$TMP/at_exit")"
		sed -i '$d' "$TMP/at_exit"
	done
	rm -rf "$TMP"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

at_exit() {
	echo "$*" >>"$TMP/at_exit"
}

fail() {
	set +e
	{
		echo "$test_name: FAILED: $*"
		[ ! -s "$TMP/out" ] || { echo "--- output"; tail -c 4000 "$TMP/out" | cat -v; }
		[ ! -s "$TMP/err" ] || { echo "--- errors"; tail -c 4000 "$TMP/err" | cat -v; }
		[ ! -S "$TMP/tmux" ] || { echo "--- screen"; screen_text; }
	} >&2
	exit 1
}

wait_for() {
	wait_until=$(($(date +%s) + WAIT))
	until "$@"; do
		[ "$(date +%s)" -lt "$wait_until" ] || fail "waited $WAIT s for: $*"
		sleep 0.03
	done
}

# ---- commands ----

expect() {
	wanted=$1
	shift
	got=0
	"$@" >"$TMP/out" 2>"$TMP/err" </dev/null || got=$?
	[ "$got" -eq "$wanted" ] || fail "status $got, not $wanted: $*"
}

# "--" so that a text may begin with a dash.
expect_out() {
	grep -qF -- "$1" "$TMP/out" || fail "not on standard output: $1"
}

expect_err() {
	grep -qF -- "$1" "$TMP/err" || fail "not on standard error: $1"
}

expect_no_out() {
	! grep -qF -- "$1" "$TMP/out" || fail "on standard output: $1"
}

expect_no_err() {
	! grep -qF -- "$1" "$TMP/err" || fail "on standard error: $1"
}

expect_same() {
	cmp "$1" "$2" || fail "$1 and $2 differ"
}

# ---- servers ----

lab() {
	lab_start "$TMP/lab" "$@"
	. "$TMP/lab/env"
}

faults_start() {
	[ ! -d "$TMP/faults" ] || return 0
	mkdir -p "$TMP/faults/log"
	: >"$TMP/faults/pids"
	: >"$TMP/faults/ports"
	at_exit 'lab_stop "$TMP/faults"'
}

# shellcheck disable=SC2034 # PORT is the result
fault() {
	faults_start
	lab_fault "$TMP/faults" "$1"
	PORT=$(lab_port "$TMP/faults" "$1")
}

# shellcheck disable=SC2034 # PORT is the result
fake() {
	faults_start
	lab_fake "$TMP/faults" "$1"
	PORT=$(lab_port "$TMP/faults" "$1")
	known=$HOME/.ssh/known_hosts
	[ -z "${LAB:-}" ] || known=$LAB/known_hosts
	echo "[127.0.0.1]:$PORT $("$LAB_BIN/fakesshd" --hostkey)" >>"$known"
}

free_port() {
	fault refused
}

ptyrun() {
	"$LAB_BIN/ptyrun" "$@"
}

# ---- screens ----

screen_tmux() {
	tmux -u -S "$TMP/tmux" -f "$TMP/tmux.conf" "$@"
}

screen_start() {
	cols=$1 rows=$2
	shift 2
	cat >"$TMP/tmux.conf" <<-END
		set -g remain-on-exit on
		set -g remain-on-exit-format ''
		set -g status off
		set -s escape-time 0
		set -g default-terminal ${SCREEN_TERM:-screen-256color}
		set -g history-limit 20000
	END
	at_exit screen_stop
	screen_tmux new-session -d -x "$cols" -y "$rows" -- "$@"
}

screen_keys() {
	screen_tmux send-keys -- "$@"
}

screen_type() {
	screen_tmux send-keys -l -- "$1"
}

screen_text() {
	screen_tmux capture-pane -p
}

screen_has() {
	screen_text | grep -qF -- "$1"
}

screen_lacks() {
	! screen_has "$1"
}

screen_wait() {
	wait_for screen_has "$1"
}

screen_wait_gone() {
	wait_for screen_lacks "$1"
}

screen_resize() {
	screen_tmux resize-window -x "$1" -y "$2"
}

screen_modes() {
	screen_tmux display-message -p \
	    'alternate=#{alternate_on} cursor=#{cursor_flag} mouse=#{mouse_any_flag} keypad=#{keypad_flag}'
}

# tmux 3.3a can miss the end of a command; the end of another one wakes it up.
screen_dead() {
	screen_tmux run-shell true
	[ -n "$(screen_tmux display-message -p '#{pane_dead_status}#{pane_dead_signal}')" ]
}

screen_status() {
	wait_for screen_dead
	screen_tmux display-message -p '#{?pane_dead_signal,signal #{pane_dead_signal},#{pane_dead_status}}'
}

# A filter over the screen's text: what differs from run to run.
screen_mask() {
	cat
}

screen_is() {
	screen_text | screen_mask >"$TMP/screen"
	cmp -s "$TMP/screen" "$1"
}

# The same text twice in a row, some time apart.
screen_steady() {
	screen_text >"$TMP/screen.old"
	sleep 0.3
	screen_text | cmp -s - "$TMP/screen.old"
}

screen_golden() {
	golden=$top_srcdir/tests/screen/golden/$1.txt
	if [ -n "${GENERATE:-}" ]; then
		wait_for screen_steady
		mkdir -p "${golden%/*}"
		screen_text | screen_mask >"$golden"
		return
	fi
	golden_until=$(($(date +%s) + WAIT))
	until screen_is "$golden"; do
		if [ "$(date +%s)" -ge "$golden_until" ]; then
			diff -u "$golden" "$TMP/screen" >&2 || :
			fail "the screen is not $golden"
		fi
		sleep 0.05
	done
}

screen_stop() {
	[ -S "$TMP/tmux" ] || return 0
	screen_tmux kill-server 2>/dev/null || :
	rm -f "$TMP/tmux"
}

# The lab's functions.  All that it starts ends with this shell, whatever kills it.
. "$LAB_SRC/lab.sh"
at_exit 'lab_stop "$TMP/lab"'
