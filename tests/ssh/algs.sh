#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is offered to a real server, and what settings make of it: sshd writes our KEXINIT into its log, and the
# words of ssh_config mean what they mean to ssh.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good
cp "$LAB/etc/good.conf" "$TMP/good.conf"

# server LINE...: the server's settings from now on; the first value of a keyword wins.
server() {
	{
		printf '%s\n' 'LogLevel DEBUG3' "$@"
		cat "$TMP/good.conf"
	} >"$LAB/etc/good.conf"
}

# Connects with the options and sets offered_* to the lists of our KEXINIT, as sshd has logged them.
offer() {
	: >"$LAB/log/good.log"
	expect 7 "$SALLYPORT" connect "$@" good 'exit 7'
	sed -n '/peer client KEXINIT proposal/,/languages stoc/p' "$LAB/log/good.log" |
	    tr -d '\r' | sed 's/^debug2: //; s/ \[preauth\]$//' >"$TMP/kexinit"
	offered_kex=$(list 'KEX algorithms') offered_hostkey=$(list 'host key algorithms')
	offered_cipher=$(list 'ciphers ctos') offered_mac=$(list 'MACs ctos')
	[ "$(list 'ciphers stoc')" = "$offered_cipher" ] || fail "not the same ciphers both ways"
	[ "$(list 'MACs stoc')" = "$offered_mac" ] || fail "not the same MACs both ways"
}

list() {
	sed -n "s/^$1: //p" "$TMP/kexinit"
}

is() {
	[ "$1" = "$2" ] || fail "offered is $1, not $2"
}

# Nothing that is broken or old, the strict key exchange, and the best first.
server
offer
cp "$TMP/kexinit" "$TMP/out"
grep -qiE 'sha1|md5|ripemd|-cbc|arcfour|3des|blowfish|cast128|ssh-dss|group1-|ssh-rsa|cert-v01|umac-64' "$TMP/kexinit" &&
	fail "something weak is offered"
case ",$offered_kex," in
*,kex-strict-c-v00@openssh.com,*) ;;
*) fail "no strict key exchange" ;;
esac
case ",$offered_kex," in
*,ext-info-c,*) ;;
*) fail "no ext-info" ;;
esac
# After the two signals; a newer libssh2 puts a post-quantum one in front.
real=$(echo "$offered_kex" | sed 's/ext-info-c,//; s/kex-strict-c-v00@openssh.com,*//; s/,$//')
case $real in
curve25519-sha256,* | mlkem* | sntrup*) ;;
*) fail "the first key exchange is not the best: $real" ;;
esac
case $offered_mac in
*-etm@openssh.com,*) ;;
*) fail "the first MAC does not authenticate what is sent" ;;
esac
is "$(list 'compression ctos')" none
default_mac=$offered_mac default_cipher=$offered_cipher
# ... of which the server chose the strict one.
grep -q 'kex_choose_conf\|kex: client->server' "$LAB/log/good.log" || fail "no choice in the log"
grep -q 'will use strict KEX ordering' "$LAB/log/good.log" || grep -q 'strict' "$LAB/log/good.log" || fail "not strict"

# The known type is asked for first, the user's own order stands.
case $offered_hostkey in
ssh-ed25519,*) ;;
*) fail "the known type is not first" ;;
esac
offer -o HostKeyAlgorithms=rsa-sha2-512,ssh-ed25519 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
is "$offered_hostkey" rsa-sha2-512,ssh-ed25519

# +, - and ^, with patterns behind -.
offer -o Ciphers=aes256-ctr,aes128-ctr
is "$offered_cipher" aes256-ctr,aes128-ctr
offer -c aes192-ctr -m hmac-sha2-512
is "$offered_cipher" aes192-ctr
is "$offered_mac" hmac-sha2-512
offer -o MACs=+hmac-sha1
is "$offered_mac" "$default_mac,hmac-sha1"
offer -o 'MACs=-*-etm@openssh.com'
is "$offered_mac" hmac-sha2-256,hmac-sha2-512
offer -o Ciphers=^aes256-ctr
is "$offered_cipher" "aes256-ctr,$(echo "$default_cipher" | sed 's/,aes256-ctr//')"
offer -o KexAlgorithms=ecdh-sha2-nistp384
case $offered_kex in
*ecdh-sha2-nistp384*) ;;
*) fail "KexAlgorithms" ;;
esac
case $offered_kex in
*curve25519*) fail "KexAlgorithms did not take the rest away" ;;
esac

# What this libssh2 has not is left out and said; ssh refuses a name that it does not know, too, when nothing is left.
expect 7 "$SALLYPORT" connect -v -o Ciphers=umac-cipher@example.org,aes128-ctr good 'exit 7'
expect_err 'ciphers umac-cipher@example.org'
for setting in Ciphers MACs KexAlgorithms HostKeyAlgorithms PubkeyAcceptedAlgorithms; do
	expect 255 ssh -F "$LAB/ssh_config" -o $setting=nonsense@example.org good true
	expect 255 "$SALLYPORT" connect -o $setting=nonsense@example.org good true
	expect_err nonsense@example.org
	expect_err 'hint: '
done

# Post-quantum or not is told, and why not.
expect 0 "$SALLYPORT" check --json good
grep -qE '"post_quantum":"yes"|"post_quantum_why":"' "$TMP/out" || fail "check does not say why there is no post-quantum key exchange"
expect_out '"strict_kex":"yes"'
grep -qE '"summary":"[^"]*; (not )?post-quantum"' "$TMP/out" || fail "the summary does not tell post-quantum or not"

# A real server with nothing in common: both lists, for each of the four.
refused() {
	line=$1 setting=$2 theirs=$3 we=$4 what=$5
	server "$line"
	expect 255 ssh -F "$LAB/ssh_config" -o "$setting" good true
	expect 255 "$SALLYPORT" connect -o "$setting" good true
	expect_err "no $what"
	expect_err "the server offers $theirs"
	expect_err "we offer $we"
}
refused 'KexAlgorithms ecdh-sha2-nistp521' KexAlgorithms=ecdh-sha2-nistp256 ecdh-sha2-nistp521 ecdh-sha2-nistp256 'key exchange'
refused "HostKeyAlgorithms rsa-sha2-256" HostKeyAlgorithms=ssh-ed25519 rsa-sha2-256 ssh-ed25519 'host key algorithm'
refused 'Ciphers aes256-ctr' Ciphers=aes128-ctr aes256-ctr aes128-ctr 'cipher from the server'
server 'MACs hmac-sha2-512'
expect 255 "$SALLYPORT" connect -o Ciphers=aes128-ctr -o MACs=hmac-sha2-256 good true
expect_err 'no MAC from the server in common: the server offers hmac-sha2-512; we offer hmac-sha2-256'
# A cipher with integrity of its own needs no MAC; libssh2 sees that of GCM only.
expect_err 'hint: Set ciphers to "^aes128-gcm@openssh.com", which needs no MAC.'
expect 255 "$SALLYPORT" connect -o Ciphers=chacha20-poly1305@openssh.com -o MACs=hmac-sha2-256 good true
expect_err 'no MAC from the server in common'
expect 7 "$SALLYPORT" connect -o Ciphers=^aes128-gcm@openssh.com -o MACs=hmac-sha2-256 good 'exit 7'
