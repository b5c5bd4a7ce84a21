#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Host keys: new ones are shown and the default is no, changed and revoked ones
# are refused, and OpenSSH reads every line that we write as we do.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good new changed othertype revoked
known=$LAB/known_hosts
cp "$known" "$TMP/known_hosts"
new_port=$(lab_port "$LAB" new)

unchanged() {
	expect_same "$TMP/known_hosts" "$known"
}

answer() {
	ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 --wait 'SHA256:' --wait 'sallyport> ' --send "$1" -- \
	    "$SALLYPORT" connect new 'exit 7'
}

# S1: not known.  Nobody to ask: no.
expect 255 setsid -w "$SALLYPORT" connect new true
expect_err 'SHA256:'
unchanged
for no in '\r' 'no\r' 'yes\x15no\r' '\x03' '\x04'; do
	got=0
	answer "$no" || got=$?
	[ $got -eq 255 ] || [ $got -eq 130 ] || fail "a new key, answered $no: status $got"
	unchanged
done
# What is shown is what ssh-keygen says of the server's key.
fingerprints=$(for key in "$LAB"/hostkeys/*.pub; do ssh-keygen -lf "$key"; done | awk '{ print $2 }')
shown=$(grep -o 'SHA256:[A-Za-z0-9+/]*' "$TMP/out" | head -n 1)
echo "$fingerprints" | grep -qxF "$shown" || fail "$shown is no fingerprint of the server"
got=0
answer 'yes\r' || got=$?
[ $got -eq 7 ] || fail "a new key, answered yes: status $got"

# S12: one line more, which OpenSSH reads as we do; nothing else changed.
[ "$(wc -l <"$known")" -eq $(($(wc -l <"$TMP/known_hosts") + 1)) ] || fail "not one line more"
head -c "$(wc -c <"$TMP/known_hosts")" "$known" | cmp - "$TMP/known_hosts" || fail "old lines changed"
openssh_agrees() {
	ssh-keygen -F "[127.0.0.1]:$new_port" -f "$known" >"$TMP/out" || fail "ssh-keygen -F does not find the line"
	ssh -F "$LAB/ssh_config" -o StrictHostKeyChecking=yes -o HostKeyAlgorithms=ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512 \
	    new true 2>"$TMP/err" || fail "ssh does not accept the line"
	expect 7 "$SALLYPORT" connect new 'exit 7'
}
openssh_agrees

# S2 to S4: refused, with the fingerprints and the place, and nothing is asked or written.
cp "$known" "$TMP/known_hosts"
line_of() {
	grep -nF "[127.0.0.1]:$(lab_port "$LAB" "$1") " "$known" | cut -d: -f1
}
fingerprint_of() {
	ssh-keygen -lf "$LAB/hostkeys/$1.pub" | awk '{ print $2 }'
}
expect 255 "$SALLYPORT" connect changed true
expect_err "$(fingerprint_of other)"
expect_err "$(fingerprint_of ed25519)"
expect_err "$known:$(line_of changed)"
expect 255 "$SALLYPORT" connect revoked true
expect_err revoked
# S3: told apart, and refused as ssh refuses it, in every mode.
for strict in ask accept-new no yes; do
	expect 255 "$SALLYPORT" connect -o StrictHostKeyChecking=$strict othertype true
	expect_err "only a key of another type is known, ssh-rsa $(fingerprint_of rsa)"
	expect_err "$known:$(line_of othertype)"
	expect_err 'sallyport trust othertype'
	expect 255 ssh -F "$LAB/ssh_config" -o StrictHostKeyChecking=accept-new -o HostKeyAlgorithms=ssh-ed25519 othertype true
done
unchanged
got=0
ptyrun --size 200x40 --same-termios --output "$TMP/out" -- "$SALLYPORT" connect changed true || got=$?
[ $got -eq 255 ] || fail "a changed key on a terminal: status $got"
expect_no_out 'sallyport> '
unchanged

# S5: a certificate authority is no proof of a plain key.
key=$(cut -d' ' -f1,2 "$LAB/hostkeys/ed25519.pub")
echo "@cert-authority [127.0.0.1]:$(lab_port "$LAB" good) $key" >"$known"
expect 255 setsid -w "$SALLYPORT" connect good true
expect_err "signed by a CA, which libssh2 cannot check: see $known:1"
expect 255 "$SALLYPORT" connect -o StrictHostKeyChecking=yes good true
expect_err 'strict_host_key_checking is "yes"'
expect_err 'signed by a CA'
# ... as for ssh, when the server shows a plain key.
expect 255 ssh -F "$LAB/ssh_config" good true

# Settings of ssh_config that are no members of a host.  The key stands in a global file only.
cp "$known" "$TMP/global"
: >"$known"
port=$(lab_port "$LAB" good)
echo "[127.0.0.1]:$port $key" >"$TMP/global"
expect 255 setsid -w "$SALLYPORT" connect good true
expect 7 "$SALLYPORT" connect -o "GlobalKnownHostsFile=$TMP/not-there $TMP/global" good 'exit 7'
expect 7 "$SALLYPORT" connect -o NoHostAuthenticationForLocalhost=yes -o StrictHostKeyChecking=yes good 'exit 7'
expect 255 "$SALLYPORT" connect -o NoHostAuthenticationForLocalhost=maybe good true
# On this machine's own addresses CheckHostIP has no effect, as with ssh.
expect 7 "$SALLYPORT" connect -o "GlobalKnownHostsFile=$TMP/global" -o CheckHostIP=yes good 'exit 7'
[ ! -s "$known" ] || fail "an address was stored"
# S4: revoked by a file of keys; what cannot be read refuses (S14).
revoked() {
	expect 255 "$SALLYPORT" connect -o "GlobalKnownHostsFile=$TMP/global" -o "RevokedHostKeys=$TMP/revoked" good true
}
echo "$key" >"$TMP/revoked"
revoked
expect_err "is revoked by $TMP/revoked"
rm "$TMP/revoked"
revoked
expect_err 'No such file'
ssh-keygen -q -k -f "$TMP/revoked" "$LAB/hostkeys/other.pub"
revoked
expect_err KRL
cut -d' ' -f1,2 "$LAB/hostkeys/other.pub" >"$TMP/revoked"
expect 7 "$SALLYPORT" connect -o "GlobalKnownHostsFile=$TMP/global" -o "RevokedHostKeys=$TMP/revoked" good 'exit 7'
expect 7 "$SALLYPORT" connect -o "GlobalKnownHostsFile=$TMP/global" -o VisualHostKey=yes good 'exit 7'
expect_err '+--[ED25519 256]--+'
expect_err '+----[SHA256]-----+'
# A short RSA key, known or not.
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$LAB/hostkeys/rsa.pub")" >"$TMP/global"
for bits in 1024 2048 2049; do
	want=7
	[ $bits -le 2048 ] || want=255
	set -- -o GlobalKnownHostsFile="$TMP/global" -o RequiredRSASize=$bits -o HostKeyAlgorithms=rsa-sha2-512
	expect $want "$SALLYPORT" connect "$@" good 'exit 7'
	expect $want ssh -F "$LAB/ssh_config" -o UserKnownHostsFile="$TMP/global" "$@" good 'exit 7'
done
expect 255 "$SALLYPORT" connect "$@" good true
expect_err 'has 2048 bits'
expect 255 "$SALLYPORT" connect -o RequiredRSASize=many good true
# accept-new asks nobody, and says so; what else the key is known for stands in the question.
expect 7 "$SALLYPORT" connect -o StrictHostKeyChecking=accept-new new 'exit 7'
expect_err 'nobody was asked'
[ "$(wc -l <"$known")" -eq 1 ] || fail "accept-new stored nothing"
echo "elsewhere $key" >"$known"
cp "$known" "$TMP/known_hosts"
got=0
ptyrun --size 200x60 --same-termios --output "$TMP/out" --timeout 30 --wait 'SHA256:' --wait 'sallyport> ' --send 'no\r' -- \
    "$SALLYPORT" connect -o VisualHostKey=yes -o HostKeyAlgorithms=ssh-ed25519 new true || got=$?
[ $got -eq 255 ] || fail "no: status $got"
expect_out "$known:1: elsewhere"
expect_out 'sallyport> +--[ED25519 256]--+'
unchanged

# S11: the file changes while the question is on the screen.
meanwhile() {
	: >"$known"
	got=0
	ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 --wait 'SHA256:' --wait 'sallyport> ' \
	    --run "echo '[127.0.0.1]:$new_port $1' >>'$known'" --send 'yes\r' -- "$SALLYPORT" connect new 'exit 7' || got=$?
}
meanwhile "$(cut -d' ' -f1,2 "$LAB/hostkeys/other.pub")"
[ $got -eq 255 ] || fail "another key came meanwhile: status $got"
meanwhile "$key"
[ $got -eq 7 ] || fail "the same key came meanwhile: status $got"
[ "$(wc -l <"$known")" -eq 1 ] || fail "the same key came meanwhile, and is there twice"

# S6: hashed, several names, wildcards, a negation that shuts the host out.
port=$(lab_port "$LAB" good)
for names in "[127.0.0.1]:$port" "other.example,[127.0.0.1]:$port" "[127.0.0.*]:$port" "[127.?.0.1]:$port"; do
	echo "$names $key" >"$known"
	expect 7 "$SALLYPORT" connect good 'exit 7'
done
echo "[127.0.0.1]:$port $key" >"$known"
ssh-keygen -q -H -f "$known" >"$TMP/out" 2>&1 || fail "ssh-keygen -H"
expect 7 "$SALLYPORT" connect good 'exit 7'
for names in "[127.0.0.*]:$port,![127.0.0.1]:$port" "127.0.0.1" "[127.0.0.2]:$port"; do
	echo "$names $key" >"$known"
	expect 255 setsid -w "$SALLYPORT" connect good 'exit 7'
done

# S8: files that others left in a bad state; the known key is found, and a new line stands alone.
port_key="[127.0.0.1]:$port $key"
long=$(head -c 1000000 /dev/zero | tr '\0' x)
append_after() {
	cp "$known" "$TMP/known_hosts"
	expect 7 "$SALLYPORT" connect good 'exit 7'
	unchanged
	got=0
	answer 'yes\r' || got=$?
	[ $got -eq 7 ] || fail "$1: status $got"
	head -c "$(wc -c <"$TMP/known_hosts")" "$known" | cmp - "$TMP/known_hosts" || fail "$1: old bytes changed"
	tail -n 1 "$known" | grep -q "^\[127.0.0.1\]:$new_port " || fail "$1: the new line does not stand alone"
	openssh_agrees
}
printf '%s' "$port_key" >"$known" && append_after 'no final line end'
printf '# a comment\r\n%s\r\n' "$port_key" >"$known" && append_after 'CRLF'
printf 'example ssh-ed25519 AAAA\0BBBB\n%s\n' "$port_key" >"$known" && append_after 'a NUL byte'
printf 'example ssh-ed25519 !!!!\n%s\n' "$port_key" >"$known" && append_after 'bad base64'
printf 'example ssh-ed25519 %s\n%s\n' "$long" "$port_key" >"$known" && append_after 'a long line'

# S7, S14: no file: it is made, private.  What cannot be read is never "not known".
rm "$known"
got=0
answer 'yes\r' || got=$?
[ $got -eq 7 ] || fail "no known_hosts: status $got"
[ "$(stat -c %a "$known")" = 600 ] || fail "known_hosts is open to others"
openssh_agrees
rm "$known"
mkdir "$known"
expect 255 "$SALLYPORT" connect good true
expect_err "$known"
got=0
ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 -- "$SALLYPORT" connect good true || got=$?
[ $got -eq 255 ] || fail "known_hosts is a folder: status $got"
expect_no_out 'sallyport> '
rmdir "$known"

# A server that cannot prove its key, or cheats in the exchange.
for behaviour in bad-signature zero-point; do
	fake $behaviour
	expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true
	expect_err 'sallyport: '
done

# One that shows another key when the keys are exchanged anew: nothing that comes after is taken.
fake other-key
expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true
expect_err 'another host key'
[ ! -s "$TMP/out" ] || fail "output from behind another host key"
