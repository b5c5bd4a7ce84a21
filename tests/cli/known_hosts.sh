#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What we write to known_hosts is what ssh would have written: ssh and ssh-keygen find it,
# and no other byte of the file changes (faults S7, S8, S9, S12).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab new
address="[127.0.0.1]:$(lab_port "$LAB" new)"
known=$LAB/known_hosts

run_ssh() {
	ssh -F "$LAB/ssh_config" -o LogLevel=ERROR -o StrictHostKeyChecking=yes -o BatchMode=yes "$@"
}

for hash in no yes; do
	# A comment, a line that nobody understands, and no newline at the end.
	printf '# mine\r\n<<<<<<< HEAD\nother.example ssh-ed25519 AAAA' >"$known"
	cp "$known" "$TMP/before"
	expect 255 run_ssh new true
	expect 0 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new -o HashKnownHosts=$hash new true
	head -c "$(wc -c <"$TMP/before")" "$known" | cmp - "$TMP/before" || fail "what was there changed"
	[ "$(wc -l <"$known")" -eq 4 ] || fail "not one line was added"
	expect 0 ssh-keygen -F "$address" -f "$known"
	expect_out 'ssh-ed25519 '
	expect 0 run_ssh new true
	expect 0 "$SALLYPORT" check --strict new
	if [ $hash = yes ]; then
		tail -n 1 "$known" | grep -q '^|1|' || fail "the name is not hashed"
	fi
done

# A link is followed and stays one; a missing folder is made, for nobody else to read.
: >"$TMP/target"
rm "$known"
ln -s "$TMP/target" "$known"
expect 0 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new new true
[ -L "$known" ] || fail "the link was replaced"
[ "$(wc -l <"$TMP/target")" -eq 1 ] || fail "nothing behind the link"
expect 0 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new \
    -o UserKnownHostsFile="$TMP/deep/known" new true
[ "$(stat -c %a "$TMP/deep" "$TMP/deep/known" | tr '\n' ' ')" = '700 600 ' ] || fail "modes"

# Not knowing means refusing: a folder in its place, a damaged line of this host.
expect 255 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$TMP" new true
expect_err 'cannot be read'
printf '%s ssh-ed25519 AAAA\n' "$address" >"$TMP/damaged"
cp "$TMP/damaged" "$TMP/before"
expect 255 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new \
    -o UserKnownHostsFile="$TMP/damaged" new true
expect_err 'damaged:1'
expect_same "$TMP/before" "$TMP/damaged"

# S7: links that lead nowhere to read, and a file that nobody can write to: the session goes on, and it is said.
ln -s loop "$TMP/loop"
expect 255 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$TMP/loop" new true
expect_err 'cannot be read'
expect_no_err 'nobody was asked'
expect 7 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=/proc/version new 'exit 7'
expect_err 'the host key was not stored: /proc/version: '
# ... a folder on the way that is a file
expect 7 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$TMP/before/known" new 'exit 7'
expect_err 'the host key was not stored: '
# ... none that is kept at all
for none in none /dev/null; do
	expect 7 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=$none new 'exit 7'
	expect_no_err 'not stored'
done

# S9: no room for the whole line: told, and the file is as it was.
head -c 1000 /dev/zero | tr '\0' '#' >"$TMP/full"
echo >>"$TMP/full"
cp "$TMP/full" "$TMP/before"
small() {
	# Two blocks of 512 bytes: the line would be cut in the middle.
	(trap '' XFSZ && ulimit -f 2 && exec "$@")
}
expect 7 small "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$TMP/full" new 'exit 7'
expect_err "the host key was not stored: $TMP/full: "
expect_same "$TMP/before" "$TMP/full"
