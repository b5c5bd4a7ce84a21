#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The architecture, as a test: the table in docs/architecture.md says what each
# module may include.  Also: below cli, ui and attach nobody prints or exits.
set -eu
root=${1:-${top_srcdir:-$(dirname "$0")/..}}

table() {
	sed -n '/<!-- layers:/,/^$/p' "$root/docs/architecture.md" | grep '^[a-z]*:'
}

# The modules and libraries that a file includes, one a line.
includes() {
	sed -n \
	    -e 's,^# *include "sallyport/\([a-z]*\)\.h".*,\1,p' \
	    -e 's,^# *include "\([a-z]*\)/.*\.h".*,\1,p' \
	    -e 's,^# *include <curses\.h>.*,<curses.h>,p' \
	    -e 's,^# *include <ncurses.*,<curses.h>,p' \
	    -e 's,^# *include <term\.h>.*,<curses.h>,p' \
	    -e 's,^# *include <libssh2.*,<libssh2.h>,p' \
	    -e 's,^# *include <uv\.h>.*,<uv.h>,p' \
	    -e 's,^# *include <cjson/.*,<cJSON.h>,p' \
	    -e 's,^# *include <openssl/.*,<openssl>,p' \
	    "$1" | grep -v '^sallyport$' || :
}

# forked children must end with _exit(), and a signal handler may
may_exit="jobs/spawn.c term/restore.c attach/askpass.c"

bad=0
seen=0
modules=
while IFS=: read -r module allowed; do
	modules="$modules $module"
	for file in "$root/src/$module"/*.[ch] "$root/include/sallyport/$module.h"; do
		[ -f "$file" ] || continue
		seen=$((seen + 1))
		for inc in $(includes "$file"); do
			case " $module $allowed " in
			*" $inc "*) ;;
			*) echo "$file: $module must not include $inc" >&2; bad=1 ;;
			esac
		done
		case " $may_exit cli ui attach " in
		*" $module "* | *" $module/${file##*/} "*) continue ;;
		esac
		if grep -nE '^[^*"]*\b(exit|_exit|printf|puts|perror)\(' "$file"; then
			echo "$file: only cli, ui and attach print or exit" >&2
			bad=1
		fi
	done
done <<EOF
$(table)
EOF
for folder in "$root"/src/*/; do
	module=$(basename "$folder")
	case " $modules " in
	*" $module "*) ;;
	*) echo "src/$module is not in the table of docs/architecture.md" >&2; bad=1 ;;
	esac
done
[ "$seen" -gt 10 ] || { echo "only $seen files seen in $root" >&2; bad=1; }
exit $bad
