#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help, version and wrong command lines: what is printed where, and exit statuses.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

printf '{"hosts":[{"name":"list"},{"name":"a"}]}' >"$TMP/hosts.json"
export SALLYPORT_HOSTS="$TMP/hosts.json"

expect 0 "$SALLYPORT" --version
grep -qx 'sallyport [0-9][0-9.]*' "$TMP/out" || fail "the version"
expect 0 "$SALLYPORT" list --version
expect 0 "$SALLYPORT" --help
commands=$(sed -n '/^Commands/,/^$/s/^  \([a-z-]*\)  .*/\1/p' "$TMP/out")
[ -n "$commands" ] || fail "no commands in --help"
expect_out --hosts
expect_out --exit
[ ! -s "$TMP/err" ] || fail "help on standard error"

# Each command has help of its own, and says where it is when it does not understand.
for command in $commands; do
	expect 0 "$SALLYPORT" "$command" --help
	expect_out "usage: sallyport $command "
	[ ! -s "$TMP/err" ] || fail "help on standard error"
	wrong=2
	[ "$command" != connect ] || wrong=255
	expect $wrong "$SALLYPORT" "$command" --no-such-option
	[ ! -s "$TMP/out" ] || fail "an error on standard output"
	grep -q '^sallyport: ' "$TMP/err" || fail "$command: errors begin with the program's name"
done
expect_err "hint: sallyport "

# Options may stand before the command, with "=" or without.
expect 0 "$SALLYPORT" --hosts "$TMP/hosts.json" list --names
expect_out a
expect 0 "$SALLYPORT" --hosts="$TMP/hosts.json" list --names
expect 0 "$SALLYPORT" -v --hosts="$TMP/hosts.json" list --names
expect 0 "$SALLYPORT" list --names --hosts="$TMP/hosts.json"
# A host called like a command is reached by its full command.
expect 0 "$SALLYPORT" show list
expect_out "hostname"

expect 2 "$SALLYPORT" --hosts
expect_err "sallyport: --hosts needs a value"
expect 2 "$SALLYPORT" --no-such-option
expect_err "sallyport: there is no option --no-such-option"
expect_err "hint: sallyport --help"
expect 2 "$SALLYPORT" chekc --all
expect 2 "$SALLYPORT" chekc a
expect_err "sallyport: chekc: there is no such command"
expect 2 "$SALLYPORT" list --json=yes
expect_err "--json takes no value"
expect 2 "$SALLYPORT" list --json --names
expect 2 "$SALLYPORT" list one two
expect 2 "$SALLYPORT" check a --jobs many
expect_err "--jobs many: it must be a number"
expect 2 "$SALLYPORT" check a --jobs 0
expect 2 "$SALLYPORT" check a --timeout 1.5.1
expect 2 "$SALLYPORT" check a --timeout=-1

# An argument that steers terminals is shown, not obeyed.
expect 2 "$SALLYPORT" list "$(printf -- '--\033[31m')"
grep -q "$(printf '\033')" "$TMP/err" && fail "an escape character in an error"
expect_err '--\x1b[31m'

# -h is what the hand types.
expect 0 "$SALLYPORT" --help
mv "$TMP/out" "$TMP/help"
expect 0 "$SALLYPORT" -h
expect_same "$TMP/help" "$TMP/out"
expect 0 "$SALLYPORT" check -h
expect_out "usage: sallyport check"

# A wrong value on the command line is named; no hosts file is not the same as no match.
expect 255 "$SALLYPORT" connect -p 99999 somewhere
expect_err "sallyport: Port=99999: port: must be a whole number from 1 to 65535"
expect 2 env -u SALLYPORT_HOSTS XDG_CONFIG_HOME="$TMP/none" "$SALLYPORT" check --all
expect_err "no hosts yet: there is no "
expect_err "hint: "
