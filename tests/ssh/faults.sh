#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Servers that misbehave before the key exchange is done: `check` names the
# stage, `connect` says one clear sentence and ends with 255, and neither
# known_hosts nor the terminal is changed, nor is a byte of theirs obeyed (faults N1, N4, N7 to N18, N28).
# Faults N18: lists of 1 MiB; nothing in common, list by list, and both sides' are shown.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

# behaviour; the check that fails; words of its summary (both extended regular expressions)
table() {
	cat <<-END
		refused;net.connect;refuses
		silent;ssh.banner;no SSH banner
		close;ssh.banner;closed|reset
		reset;net.connect|ssh.banner;cut|reset
		reset-kex;ssh.kex;reset
		endless;ssh.banner;line after line
		longline;ssh.banner;line without end
		http;ssh.banner;HTTP
		tls;ssh.banner;TLS
		smtp;ssh.banner;SMTP
		random;ssh.banner;.
		ssh1;ssh.banner;version 1
		drip;ssh.banner;.
		banner-nul;ssh.banner;NUL
		banner-long;ssh.banner;255 bytes
		packet-0;ssh.kex;broken SSH packet.*length
		packet-1;ssh.kex;broken SSH packet.*length
		packet-2g;ssh.kex;broken SSH packet.*length
		packet-4g;ssh.kex;broken SSH packet.*length
		padding;ssh.kex;broken SSH packet.*padding
		kexinit-none;ssh.kex;sntrup761x25519-sha512@openssh.com; we offer .*curve25519-sha256
		kexinit-kex;ssh.kex;no key exchange in common: the server offers odd@kex; we offer .*curve25519-sha256
		kexinit-hostkey;ssh.kex;no host key algorithm in common: the server offers odd@hostkey; we offer .*ssh-ed25519
		kexinit-cipher-cs;ssh.kex;no cipher to the server in common: the server offers odd@cipher_cs; we offer .*aes128-ctr
		kexinit-cipher-sc;ssh.kex;no cipher from the server in common: the server offers odd@cipher_sc; we offer .*aes128-ctr
		kexinit-mac-cs;ssh.kex;no MAC to the server in common: the server offers odd@mac_cs; we offer .*hmac-sha2-256
		kexinit-mac-sc;ssh.kex;no MAC from the server in common: the server offers odd@mac_sc; we offer .*hmac-sha2-256
		kexinit-long;ssh.kex;the server offers kkkkkkkkk, .* and [0-9]* more; we offer .*curve25519-sha256
		kexinit-huge;ssh.kex;broken SSH packet.*length
		disconnect;ssh.kex;trust me
	END
}

key=$HOME/.ssh/id_ed25519
ssh-keygen -q -t ed25519 -N '' -f "$key" </dev/null
: >"$HOME/.ssh/known_hosts"
hosts=$TMP/hosts.json
{
	echo '{ "version": 1, "defaults": { "user": "nobody", "connect_timeout": 3, "identity_agent": "none" }, "hosts": ['
	comma=
	for name in $(table | cut -d';' -f1) banner-escape; do
		fault "$name"
		echo "$comma{ \"name\": \"$name\", \"hostname\": \"127.0.0.1\", \"port\": $PORT }"
		comma=,
	done
	echo ']}'
} >"$hosts"

expect 1 "$SALLYPORT" check --hosts "$hosts" --all --timeout 6 --json-lines
mv "$TMP/out" "$TMP/lines"
! grep -q "$(printf '[\001-\010\013-\037\177]')" "$TMP/lines" || fail "a control character in the results"
table >"$TMP/table"
while IFS=';' read -r name id word; do
	grep -E "\"event\":\"check\",\"host\":\"$name\",\"id\":\"($id)\",\"verdict\":\"fail\"" "$TMP/lines" >"$TMP/out" ||
		fail "$name: $id did not fail"
	grep -qE -- "$word" "$TMP/out" || fail "$name: $id does not say $word"
	grep -qF "\"event\":\"host\",\"host\":\"$name\",\"verdict\":\"fail\"" "$TMP/lines" || fail "$name: no verdict"
done <"$TMP/table"
# Ugly, and yet SSH: the checks go on to the key exchange.
grep -qF "\"host\":\"banner-escape\",\"verdict\":\"fail\"" "$TMP/lines" || fail "banner-escape: no verdict"

# One JSON document says the same.
expect 1 "$SALLYPORT" check --hosts "$hosts" ssh1 refused --json
expect_out '"version":1'
expect_out '"id":"net.connect"'

while IFS=';' read -r name id word; do
	got=0
	ptyrun --same-termios --timeout 60 --output "$TMP/out" -- \
	    "$SALLYPORT" connect --hosts "$hosts" "$name" true </dev/null || got=$?
	[ $got -eq 255 ] || fail "$name: status $got"
	[ "$(grep -c '^sallyport: ' "$TMP/out")" -eq 1 ] || fail "$name: not one sentence"
	grep -qE -- "$word" "$TMP/out" || fail "$name: connect does not say \"$word\""
	! tr -d '\r\n\t' <"$TMP/out" | grep -q "$(printf '[\001-\037\177]')" || fail "$name: a control character"
done <"$TMP/table"
[ ! -s "$HOME/.ssh/known_hosts" ] || fail "known_hosts was written"
