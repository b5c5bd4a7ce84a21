#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The architecture, as a test.  Left: a module.  Right: what it may include.  A
# '<header>' names a third-party header: a module that does not list it may not
# include it, so each library stays behind its door.
set -eu
root=${1:-${top_srcdir:-$(dirname "$0")/..}}
bad=0
seen=0
while IFS=: read -r mod allowed; do
	[ -n "$mod" ] || continue
	for file in "$root/src/$mod"/*.[ch] "$root/include/sallyport/$mod.h"; do
		[ -f "$file" ] || continue
		seen=$((seen + 1))
		for inc in $(sed -n \
		    -e 's,^# *include "sallyport/\([a-z]*\)\.h".*,\1,p' \
		    -e 's,^# *include "\([a-z]*\)/.*\.h".*,\1,p' \
		    -e 's,^# *include \(<curses\.h>\).*,\1,p' \
		    -e 's,^# *include <ncurses.*,<curses.h>,p' \
		    -e 's,^# *include <term\.h>.*,<curses.h>,p' \
		    -e 's,^# *include <libssh2.*,<libssh2.h>,p' \
		    -e 's,^# *include <uv\.h>.*,<uv.h>,p' \
		    -e 's,^# *include <argon2\.h>.*,<argon2.h>,p' \
		    -e 's,^# *include <cjson/.*,<cJSON.h>,p' \
		    -e 's,^# *include <openssl/.*,<openssl>,p' \
		    "$file" | sed '/^sallyport$/d'); do
			case " $mod $allowed " in
			*" $inc "*) ;;
			*)
				echo "$file: $mod must not include $inc" >&2
				bad=1
				;;
			esac
		done
		case $mod in
		cli | ui | attach) continue ;;
		esac
		if grep -nE '(^|[^a-z_>.])(exit|_exit|printf|puts|perror)\(' "$file" | grep -vE '^[0-9]+:\s*(\*|/\*|//)'; then
			case $mod/$(basename "$file") in
			jobs/spawn.c | term/restore.c) ;;
			*)
				echo "$file: only cli, ui and attach print or exit" >&2
				bad=1
				;;
			esac
		fi
	done
done <<EOF
util:
loop: util <uv.h>
term: util <curses.h>
hosts: util <cJSON.h>
keys: util hosts <openssl> <argon2.h>
report: util hosts <cJSON.h>
ssh: util loop hosts keys report <libssh2.h> <openssl>
checks: util loop hosts keys report ssh
attach: util loop term hosts report ssh
cli: util loop term hosts keys report ssh checks attach
jobs: util loop term hosts report
ui: util loop term hosts report keys jobs <curses.h>
EOF
[ "$seen" -gt 10 ] || { echo "only $seen files seen in $root" >&2; exit 1; }
exit $bad
