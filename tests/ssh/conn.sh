#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# One connection by itself, without a terminal: what its owner is told, and that it may be
# cancelled or freed at every moment, also in the middle of a question.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

drive=$top_builddir/tests/ssh/conn_drive

# try [OPTIONS] HOST [FIELD=VALUE...] [-- COMMAND]: a host of the lab; output to $TMP/out, calls to $TMP/log, its
# status to $status
try() {
	options=
	while :; do
		case $1 in
		-[daxCTe]) options="$options $1 $2"; shift 2 ;;
		-*) options="$options $1"; shift ;;
		*) break ;;
		esac
	done
	name=$1
	shift
	key=$(awk -F'|' -v n="$name" '$1 == n { print $4 }' "$LAB_SRC/servers.txt")
	[ "$key" = - ] || set -- "identity_file=$LAB/keys/$key" "$@"
	status=0
	# shellcheck disable=SC2086 # words
	timeout 60 "$drive" $options "$LAB_USER@127.0.0.1:$(lab_port "$LAB" "$name")" identities_only=yes \
		"user_known_hosts_file=$LAB/known_hosts" "$@" \
		<"${input:-/dev/null}" >"$TMP/out" 3>"$TMP/log" 2>"$TMP/err" || status=$?
	! grep -E 'Sanitizer|runtime error' "$TMP/err" >&2 || fail "$name"
}

told() {
	grep -qF -- "$1" "$TMP/log" || { cat "$TMP/log" >&2; fail "not told: $1"; }
}

told_not() {
	! grep -qF -- "$1" "$TMP/log" || { cat "$TMP/log" >&2; fail "told: $1"; }
}

lab good rekey password kbdint passphrase partial new few-tries no-tty tinyssh dropbear

# ---- the stages, in order, and the end ----

try -t good -- 'echo hello; exit 3'
[ "$status" -eq 3 ] || fail "status $status"
grep -E '^(start|open|end)' "$TMP/log" | cut -d' ' -f1-2 >"$TMP/stages"
printf 'start %s\n' net.resolve net.connect ssh.banner ssh.kex ssh.hostkey auth.methods auth.login \
	session.channel session.pty session.start >"$TMP/wanted"
printf 'open\nend exit\n' >>"$TMP/wanted"
expect_same "$TMP/wanted" "$TMP/stages"

try -d reach good
[ "$(grep -c '^start' "$TMP/log")" -eq 3 ] || fail "stages of reach"
told "end exit status=0"

before=$(cksum <"$LAB/known_hosts")
try -d auth new
told "warn ssh.hostkey: new"
told "pass auth.publickey"
[ "$(cksum <"$LAB/known_hosts")" = "$before" ] || fail "a check wrote known_hosts"
try -b new
told "end hostkey"

# ---- cancelled and freed at each stage and in each question ----

for host in good tinyssh dropbear; do
	for stage in net.resolve net.connect ssh.banner ssh.kex ssh.hostkey auth.methods auth.login \
		session.channel session.pty session.start open; do
		try -t -x $stage $host -- cat
		told "end cancelled status=0 signal=- failed=- reason=cancelled by the test"
		try -t -f -x $stage $host -- cat
		told "freed"
		told_not "end "
	done
done
for host in password kbdint passphrase new; do
	for when in "" -l; do
		try $when -x ask $host -- true
		told "end cancelled"
		try $when -f -x ask $host -- true
		told "freed"
		told_not "end "
	done
done

# ---- questions ----

try -a wrong -a "$LAB_PASSWORD" password -- 'echo hello'
expect_out hello
[ "$(grep -c '^ask password echo=0' "$TMP/log")" -eq 2 ] || fail "asked how often?"
try -a a -a b -a c password -- true
[ "$(grep -c '^ask' "$TMP/log")" -eq 3 ] || fail "asked how often?"
told "end auth"
try -a a -a b -a c few-tries -- true
told "too many authentication failures"
try -a "$LAB_TOKEN" -a "$LAB_PASSWORD" kbdint -- 'echo hello'
expect_out hello
told "ask prompt echo=1"
told "ask prompt echo=0"
try -l -a wrong -a "$LAB_PASSWORD" -a "$LAB_TOKEN" -a "$LAB_PASSWORD" kbdint -- 'echo hello'
expect_out hello
try -l -a "$LAB_PASSWORD" password -- 'echo hello'
expect_out hello
try -l -a "$LAB_PASSPHRASE" passphrase -- 'echo hello'
expect_out hello
try -a wrong -a wrong -a "$LAB_PASSPHRASE" passphrase -- 'echo hello'
expect_out hello
try -a wrong -a wrong -a wrong passphrase -- 'echo hello'
told "end auth"
told "the passphrase is wrong"
try -a "$LAB_PASSWORD" partial -- 'echo hello'
expect_out hello
told "partial=publickey"
try -t no-tty -- 'echo hello'
told "warn session.pty"
expect_out hello

# ---- key exchanges in between: the last packet comes, whichever stream is read first ----

head -c 4000000 /dev/urandom >"$TMP/random"
for cipher in chacha20-poly1305@openssh.com aes128-ctr aes128-gcm@openssh.com; do
	for run in 1 2 3 4 5 6; do
		try rekey ciphers=$cipher -- "cat $TMP/random"
		[ "$status" -eq 0 ] || fail "$cipher, run $run: status $status"
		expect_same "$TMP/random" "$TMP/out"
	done
done
mkfifo "$TMP/pipe"
cat "$TMP/random" >"$TMP/pipe" &
feeder=$!
input=$TMP/pipe
try rekey -- cat
wait "$feeder"
input=
expect_same "$TMP/random" "$TMP/out"

# ---- time: a drip of bytes is no progress; a question stops the clock ----

fault drip
status=0
timeout 60 "$drive" -C 60000 -T 1000 "nobody@127.0.0.1:$PORT" identity_agent=none </dev/null \
	3>"$TMP/log" 2>"$TMP/err" || status=$?
told "end timeout"
told "took too long"
fault silent
timeout 60 "$drive" -C 500 "nobody@127.0.0.1:$PORT" identity_agent=none </dev/null \
	3>"$TMP/log" 2>"$TMP/err" || :
told "end timeout"
told "fail ssh.banner"

# ---- servers that misbehave after the key exchange ----

# behaviour; the cause of the end; words that the owner is told (extended regular expression)
faults() {
	cat <<-END
		kbdint-0;exit;^open
		kbdint-1;exit;^ask prompt
		kbdint-100;exit;^ask prompt
		kbdint-escape;exit;^ask prompt
		kbdint-big;refused;questions could not be read
		password-change;exit;Once more, the new password
		three-tries;auth;too many
		none;exit;without any authentication
		gssapi;auth;gssapi-with-mic
		banner-big;exit;^notice
		banner-many;exit;^open
		zero-point;refused;key exchange
		bad-signature;refused;key exchange
		flood;exit;^open
		reset-auth;lost;reset
		no-status;lost;without telling
		no-channel;refused;refuses to open a session
	END
}
faults | while IFS=';' read -r name cause words; do
	fake "$name"
	answer=$LAB_PASSWORD
	[ "$name" != three-tries ] || answer=wrong
	set --
	while [ $# -lt 200 ]; do set -- -a "$answer" "$@"; done
	status=0
	timeout 60 "$drive" -C 5000 -T 20000 "$@" "nobody@127.0.0.1:$PORT" identity_agent=none \
		strict_host_key_checking=accept-new "user_known_hosts_file=$TMP/known" -- true \
		</dev/null >"$TMP/out" 3>"$TMP/log" 2>"$TMP/err" || status=$?
	! grep -E 'Sanitizer|runtime error' "$TMP/err" >&2 || fail "$name"
	grep -q "^end $cause " "$TMP/log" || { cat "$TMP/log" >&2; fail "$name did not end as $cause"; }
	grep -qE -- "$words" "$TMP/log" || { cat "$TMP/log" >&2; fail "$name: not told: $words"; }
done
