#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# trust: shows the host's key as ssh-keygen does, without logging in, and stores it only when somebody on a
# terminal says yes; changed and revoked keys never (faults S1 to S5, S7, S9, S11, S12, S14).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good new changed othertype revoked
known=$LAB/known_hosts
new_port=$(lab_port "$LAB" new)
cp "$known" "$TMP/known_hosts"

unchanged() {
	expect_same "$TMP/known_hosts" "$known"
}

# trust_answer NAME STATUS [ptyrun's words]: on a terminal, up to the question.
trust_answer() {
	name=$1 wanted=$2
	shift 2
	got=0
	ptyrun --size 200x60 --same-termios --output "$TMP/out" --timeout 30 "$@" -- "$SALLYPORT" trust "$name" || got=$?
	[ $got -eq "$wanted" ] || fail "trust $name: status $got, not $wanted"
}

asked() {
	name=$1 wanted=$2 answer=$3
	trust_answer "$name" "$wanted" --wait 'sallyport> Store it' --wait '[fingerprint])' --send "$answer"
}

expect 2 "$SALLYPORT" trust
expect 2 "$SALLYPORT" trust one two
expect 2 "$SALLYPORT" trust nobody
expect_err 'no such host'

# Nobody to ask: shown, and not stored.
expect 1 setsid -w "$SALLYPORT" trust new
expect_err 'there is no terminal to ask on'
expect_err 'hint: '
expect_out SHA256:
unchanged
# ... in the words and with the picture of ssh-keygen.
type=$(sed -n 's/^    \([a-z0-9-]*\), [0-9]* bits$/\1/p' "$TMP/out")
case $type in
ssh-ed25519) pub=ed25519 ;;
ssh-rsa) pub=rsa ;;
ecdsa-*) pub=ecdsa ;;
*) fail "what type is \"$type\"?" ;;
esac
ssh-keygen -lvf "$LAB/hostkeys/$pub.pub" >"$TMP/oracle"
awk 'NR == 1 { print "    " $2 } NR > 1 { print "    " $0 }' "$TMP/oracle" >"$TMP/wanted"
sed -n '/^    SHA256/,/^$/p' "$TMP/out" | sed '$d' >"$TMP/got"
expect_same "$TMP/wanted" "$TMP/got"
fingerprint=$(awk 'NR == 1 { print $2 }' "$TMP/oracle")

# The default is no, and nothing that was typed before the question answers it.
for no in '\r' 'no\r' '\x04'; do
	asked new 1 "$no"
	expect_out 'the host key was not stored'
	unchanged
done
# Half an answer is none: asked again.
for half in y "${fingerprint%?}"; do
	trust_answer new 1 --wait '[fingerprint])' --send "$half\r" --wait 'Please type' --send '\r'
	unchanged
done
trust_answer new 130 --wait 'sallyport> ' --send '\x03' || :
unchanged

# Nobody has logged in, nor tried to.
! grep -q 'userauth-request' "$LAB/log/new.log" || fail "it began to log in"

# Yes, or the fingerprint itself: one line more, which ssh takes (S12).
stored() {
	[ "$(wc -l <"$known")" -eq $(($(wc -l <"$TMP/known_hosts") + 1)) ] || fail "not one line more"
	head -c "$(wc -c <"$TMP/known_hosts")" "$known" | cmp - "$TMP/known_hosts" || fail "old lines changed"
	expect 0 ssh-keygen -F "[127.0.0.1]:$new_port" -f "$known"
	expect 7 ssh -F "$LAB/ssh_config" -o LogLevel=ERROR -o StrictHostKeyChecking=yes new 'exit 7'
	expect 7 "$SALLYPORT" connect -o StrictHostKeyChecking=yes new 'exit 7'
}
asked new 0 'yes\r'
expect_out "Stored in $known as [127.0.0.1]:$new_port."
stored
# Known: said, and nobody is asked.
expect 0 setsid -w "$SALLYPORT" trust new
expect_out "It is known already: $known:$(wc -l <"$known")."
cp "$TMP/known_hosts" "$known"
asked new 0 "$fingerprint\r"
stored
cp "$TMP/known_hosts" "$known"
sed 's/"identity_agent"/"hash_known_hosts": true, "identity_agent"/' "$SALLYPORT_HOSTS" >"$TMP/hosts.json"
mv "$SALLYPORT_HOSTS" "$TMP/plain.json"
cp "$TMP/hosts.json" "$SALLYPORT_HOSTS"
asked new 0 'yes\r'
tail -n 1 "$known" | grep -q '^|1|' || fail "the name is not hashed"
stored
cp "$TMP/plain.json" "$SALLYPORT_HOSTS"
cp "$TMP/known_hosts" "$known"

# S2, S4: both fingerprints, the line, what to do; nothing is asked.
fingerprint_of() {
	ssh-keygen -lf "$LAB/hostkeys/$1.pub" | awk '{ print $2 }'
}
line_of() {
	grep -nF "[127.0.0.1]:$(lab_port "$LAB" "$1") " "$known" | cut -d: -f1
}
for name in changed revoked; do
	trust_answer $name 1
	expect_no_out 'sallyport> '
	expect_out "$known:$(line_of $name)"
	expect_out 'hint: '
done
unchanged
trust_answer changed 1
expect_out "$(fingerprint_of other)"
expect_out "$(fingerprint_of ed25519)"
expect_out "ssh-keygen -R '[127.0.0.1]:"

# S3: a key of another type is known; a yes adds this one beside it, and then connect takes it.
expect 255 "$SALLYPORT" connect othertype true
asked othertype 1 'no\r'
expect_out "A key of another type is known: ssh-rsa $(fingerprint_of rsa) ($known:$(line_of othertype))"
unchanged
asked othertype 0 'yes\r'
expect 7 "$SALLYPORT" connect othertype 'exit 7'
cp "$TMP/known_hosts" "$known"

# S5: behind a CA the plain key is asked about, and it is said.
key=$(cut -d' ' -f1,2 "$LAB/hostkeys/$pub.pub")
echo "@cert-authority [127.0.0.1]:$new_port $(cut -d' ' -f1,2 "$LAB/hostkeys/other.pub")" >"$known"
expect 1 setsid -w "$SALLYPORT" trust new
expect_out "signed by a CA ($known:1), which libssh2 cannot check"
# Where else the key is known.
echo "elsewhere,10.9.8.7 $key" >"$known"
expect 1 setsid -w "$SALLYPORT" trust new
expect_out "$known:1: elsewhere,10.9.8.7"

# S11: what comes into the file while the question is on the screen counts.
: >"$known"
trust_answer new 0 --wait 'sallyport> Store it' --run "echo '[127.0.0.1]:$new_port $key' >>'$known'" --send 'yes\r'
[ "$(wc -l <"$known")" -eq 1 ] || fail "the same key came meanwhile, and is there twice"
: >"$known"
trust_answer new 1 --wait 'sallyport> Store it' \
    --run "echo '@revoked * $key' >>'$known'" --send 'yes\r'
expect_out 'meanwhile'
[ "$(wc -l <"$known")" -eq 1 ] || fail "stored though it was revoked meanwhile"

# S7, S14: a file that cannot be read is never "not known".
rm "$known"
mkdir "$known"
trust_answer new 1
expect_out 'is a folder'
expect_no_out 'sallyport> '
rmdir "$known"
# S7: none there: made, private.
asked new 0 'yes\r'
[ "$(stat -c %a "$known")" = 600 ] || fail "known_hosts is open to others"

# Tokens in the file's name; a folder that is missing is made, for nobody else to read.
sed "s,\"user_known_hosts_file\": \"[^\"]*\",\"user_known_hosts_file\": \"$TMP/deep/%n\"," "$TMP/plain.json" >"$SALLYPORT_HOSTS"
asked new 0 'yes\r'
[ "$(stat -c %a "$TMP/deep" "$TMP/deep/new" | tr '\n' ' ')" = '700 600 ' ] || fail "modes"
cp "$TMP/plain.json" "$SALLYPORT_HOSTS"
# S9: no room: told, and the file is as it was.
head -c 1000 /dev/zero | tr '\0' '#' >"$known"
cp "$known" "$TMP/known_hosts"
got=0
(trap '' XFSZ && ulimit -f 2 && exec "$LAB_BIN/ptyrun" --size 200x60 --timeout 30 --wait 'sallyport> Store it' --send 'yes\r' -- \
    "$SALLYPORT" trust new) >"$TMP/out" 2>&1 || got=$?
[ $got -eq 1 ] || fail "no room: status $got"
unchanged

# Behind a jump host: that one is logged in to, the target is not.
: >"$known"
echo "[127.0.0.1]:$(lab_port "$LAB" good) $(cut -d' ' -f1,2 "$LAB/hostkeys/ed25519.pub")" >"$known"
cp "$known" "$TMP/known_hosts"
sed "s/\"name\": \"new\",/&  \"proxy_jump\": \"good\",/" "$TMP/plain.json" >"$SALLYPORT_HOSTS"
: >"$LAB/log/new.log"
asked new 0 'yes\r'
[ "$(wc -l <"$known")" -eq 2 ] || fail "not stored"
! grep -q 'userauth-request' "$LAB/log/new.log" || fail "it began to log in"
: >"$known"
expect 1 "$SALLYPORT" trust new
expect_err 'jump host good: '
cp "$TMP/plain.json" "$SALLYPORT_HOSTS"

# An address needs no entry.  No server: one sentence.
rm "$known"
: >"$known"
expect 1 setsid -w "$SALLYPORT" trust "127.0.0.1:$new_port"
expect_out SHA256:
free_port
expect 1 "$SALLYPORT" trust "127.0.0.1:$PORT"
expect_err 'refuses connections'
expect_no_out SHA256:
# A server that cannot prove its key has shown none.
fake bad-signature
expect 1 "$SALLYPORT" trust "127.0.0.1:$PORT"
expect_no_out SHA256:
