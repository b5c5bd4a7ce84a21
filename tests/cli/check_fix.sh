#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check --fix says what it would change, asks, changes that and nothing else, and checks again.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good changed wide-mode
key=$LAB/keys/wide-mode.pem

# fix STATUS STEP... -- ARGUMENT...
fix() {
	wanted=$1
	shift
	got=0
	ptyrun --same-termios --size 400x40 --output "$TMP/out" "$@" || got=$?
	[ "$got" -eq "$wanted" ] || fail "status $got, not $wanted"
}
mode_is() {
	[ "$(stat -c %a "$1")" = "$2" ] || fail "$1 has mode $(stat -c %a "$1"), not $2"
}

# Nobody to ask, or nothing to write it to: nothing is done.
expect 1 setsid "$SALLYPORT" check --fix --depth local wide-mode </dev/null
expect_err 'there is no terminal to ask on'
mode_is "$key" 644
expect 2 "$SALLYPORT" check --fix --json wide-mode
expect_err '--fix asks: it cannot write JSON'

# Until it is mended connect says which key it could not use, and what would do.
expect 255 setsid -w "$SALLYPORT" connect wide-mode true </dev/null
expect_err "hint: No key could be used; mend this: $key: others may read it (mode 0644): chmod 400"

# The mode of a key: no is the default, and Esc and Ctrl-C are no, too.
question="chmod 400 $key (its mode is 0644)?"
for answer in '\r' 'no\r' '\x04' '\e' 'yes\e' '\e[A'; do
	fix 1 --wait "$question" --send "$answer" -- "$SALLYPORT" check --fix --depth local wide-mode
	expect_out 'wide-mode: nothing was changed.'
	mode_is "$key" 644
done
fix 130 --wait "$question" --send '\x03' -- "$SALLYPORT" check --fix --depth local wide-mode
mode_is "$key" 644

# Somebody changes it while the question is on the screen.
fix 1 --wait "$question" --run "chmod 640 '$key'" --send 'yes\r' -- "$SALLYPORT" check --fix --depth local wide-mode
expect_out 'it has changed meanwhile: nothing was changed'
mode_is "$key" 640
chmod 644 "$key"

fix 0 --wait "$question" --send 'yes\r' -- "$SALLYPORT" check --fix wide-mode
expect_out 'Checking again:'
expect_out 'wide-mode: done.'
expect_out 'would be accepted'
mode_is "$key" 400
fix 0 -- "$SALLYPORT" check --fix wide-mode
expect_out 'nothing here that sallyport can mend'

# A link: what it points to is named. A folder, and a key that two hosts share, once.
mkdir "$TMP/folder"
cp "$LAB/keys/ed25519" "$TMP/folder/key"
chmod 644 "$TMP/folder/key"
chmod 777 "$TMP/folder"
ln -s "$TMP/folder/key" "$TMP/link"
cat >"$TMP/hosts.json" <<END
{ "version": 1, "defaults": { "identity_agent": "none", "hostname": "192.0.2.1" },
  "hosts": [ { "name": "a", "identity_file": "$TMP/link" }, { "name": "b", "identity_file": "$TMP/folder/key" } ] }
END
fix 0 --wait "a: chmod 600 $TMP/folder/key (its mode is 0644)?" --send 'yes\r' \
    --wait "b: chmod go-w $TMP/folder (its mode is 0777)?" --send 'yes\r' -- \
    "$SALLYPORT" check --hosts "$TMP/hosts.json" --fix --depth local --all
mode_is "$TMP/folder/key" 600
mode_is "$TMP/folder" 755

# A key of somebody else is not ours to change.
if [ "$(id -u)" -eq 0 ]; then
	chown 12345 "$TMP/folder/key"
	fix 0 -- "$SALLYPORT" check --hosts "$TMP/hosts.json" --fix --depth local a
	expect_out 'nothing here that sallyport can mend'
	chown 0 "$TMP/folder/key"
fi

# A changed host key: both fingerprints, and the name to be typed.
cp "$LAB/known_hosts" "$TMP/before"
name="[127.0.0.1]:$(lab_port "$LAB" changed)"
old=$(ssh-keygen -lF "$name" -f "$LAB/known_hosts" | grep -o 'SHA256:[^ ]*')
new=$(ssh-keygen -lf "$LAB/hostkeys/ed25519.pub" | cut -d' ' -f2)
for answer in '\r' 'yes\r' 'Changed\r' 'good\r' '\x04'; do
	fix 1 --wait "Type the host's name to do it:" --send "$answer" -- "$SALLYPORT" check --fix changed
	expect_same "$TMP/before" "$LAB/known_hosts"
done
expect_out "known:  ssh-ed25519 $old"
expect_out "shown:  ssh-ed25519 $new"
expect_out 'Somebody between you and the server would look just like this'
expect_out '        ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'
expect_out "changed: nothing was changed: the host's name was not typed."
fix 130 --wait 'to do it:' --send '\x03' -- "$SALLYPORT" check --fix changed
expect_same "$TMP/before" "$LAB/known_hosts"
[ ! -e "$LAB/known_hosts.old" ] || fail 'something was written'

# In a file of the system it is not ours to remove.
expect 255 "$SALLYPORT" connect -o "GlobalKnownHostsFile=$LAB/known_hosts" -o UserKnownHostsFile=none \
    -p "$(lab_port "$LAB" changed)" "$LAB_USER@127.0.0.1" true </dev/null
expect_err 'CHANGED'
expect_err 'ssh-keygen -R'
expect_no_err '--fix'

fix 0 --wait 'to do it:' --send 'changed\r' -- "$SALLYPORT" check --fix changed
expect_out "new ssh-ed25519 key $new"
expect_out 'sallyport trust changed'
expect_same "$TMP/before" "$LAB/known_hosts.old"
ssh-keygen -R "$name" -f "$TMP/before" >/dev/null 2>&1
expect_same "$TMP/before" "$LAB/known_hosts"
