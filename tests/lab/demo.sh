#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Shows the program on a throw-away set of real servers (see lab.sh).
#
#   demo.sh --program PATH
#
# On a terminal it opens the menu.  Without one it plays the same through the
# command line, and fails unless every host's verdict is the one in servers.txt.
# Whatever way it ends, the servers and their files go with it.
set -eu

program=
while [ $# -gt 0 ]; do
	case $1 in
	--program) program=${2:?}; shift ;;
	*) program=; break ;;
	esac
	shift
done
[ -x "$program" ] || { echo "usage: demo.sh --program PATH" >&2; exit 2; }
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")

LAB_SRC=$(cd "$(dirname "$0")" && pwd)
LAB_BIN=${LAB_BIN:-$(dirname "$program")/tests/lab}
[ ! -x /bin/bash ] || LAB_SHELL=/bin/bash
export LAB_BIN
. "$LAB_SRC/lab.sh"

demo=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-demo.XXXXXX")
mkfifo -m 600 "$demo/alive"

# Cleans up when the other end of the pipe closes: we are through, or were killed.
(
	trap '' HUP INT QUIT TERM
	cat "$demo/alive" >/dev/null
	[ ! -s "$demo/program" ] || kill "$(cat "$demo/program")" 2>/dev/null || :
	lab_stop "$demo/lab"
	rm -rf "$demo"
) &
janitor=$!
exec 9>"$demo/alive"

finish() {
	rm -f "$demo/program"
	exec 9>&-
	wait $janitor || :
	exit "$1"
}

say() {
	printf '\n\033[1m$ %s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
}

# ---- on a terminal ----

menu() {
	cat <<-END
		$(grep -c '"name"' "$LAB/hosts.json") SSH servers run on this machine until you quit, one for every verdict.
		In the menu: Enter logs in, c checks, ? helps, q quits.  In a session: exit or ~.
		Password: $LAB_PASSWORD    Passphrase: $LAB_PASSPHRASE    Token code: $LAB_TOKEN
		Press Enter to open the menu.
	END
	read -r _ || :
	status=0
	sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$demo/program" \
	    "$program" --hosts "$LAB/hosts.json" 9>&- || status=$?
	finish $status
}

# ---- without one ----

# The verdicts of `check --json-lines` beside those of servers.txt.
compare() {
	sed -n 's/.*"event":"host","host":"\([^"]*\)","verdict":"\([^"]*\)".*/\1 \2/p' "$demo/lines" |
	    sort >"$demo/got"
	lab_rows | awk -F'|' '{ print $1, $6 }' | sort >"$demo/wanted"
	cmp -s "$demo/got" "$demo/wanted" && return 0
	echo "demo: these verdicts are not the expected ones (- expected, + found):" >&2
	diff -u "$demo/wanted" "$demo/got" | grep '^[-+][a-z]' >&2
	return 1
}

play() {
	result=0
	say sallyport list
	"$program" list 9>&- </dev/null || result=1
	say sallyport check --all
	"$program" check --all 9>&- </dev/null || [ $? -eq 1 ] || result=1
	"$program" check --all --json-lines >"$demo/lines" 9>&- </dev/null || [ $? -eq 1 ] || result=1
	compare || result=1
	# shellcheck disable=SC2016 # for the other side to expand
	say sallyport connect good "'echo \"hello from \$LAB_SERVER\"'"
	# shellcheck disable=SC2016
	"$program" connect good 'echo "hello from $LAB_SERVER"' 9>&- </dev/null >"$demo/hello" || result=1
	cat "$demo/hello"
	grep -q '^hello from good$' "$demo/hello" || result=1
	[ $result -eq 0 ] || echo "demo: not what was expected" >&2
	finish $result
}

(lab_start "$demo/lab" 9>&-) || finish 1
. "$demo/lab/env"
if [ -t 0 ] && [ -t 1 ]; then
	menu
else
	play
fi
