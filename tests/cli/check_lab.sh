#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every server of the lab gets the verdict that servers.txt says, in each form of
# output, and nothing is changed by looking.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab
cp "$LAB/known_hosts" "$TMP/known_hosts.before"
lab_rows | awk -F'|' '{ print $1, $6 }' | sort >"$TMP/wanted"

# ---- JSON lines ----

expect 1 "$SALLYPORT" check --all --json-lines
[ ! -s "$TMP/err" ] || fail "something on standard error"
sed -n 's/^{"event":"host","host":"\([^"]*\)","verdict":"\([^"]*\)","depth":"auth","duration_ms":[0-9.]*,"complete":true}$/\1 \2/p' \
    "$TMP/out" | sort >"$TMP/got"
diff -u "$TMP/wanted" "$TMP/got" || fail "verdicts differ"
hosts=$(wc -l <"$TMP/wanted")
[ "$(grep -c '^{"event":"check","host":"' "$TMP/out")" -eq $((hosts * 13)) ] || fail "not 13 checks a host"
[ "$(grep -c -v '^{"event":"\(check\|host\)",.*}$' "$TMP/out")" -eq 0 ] || fail "other lines"
cp "$TMP/out" "$TMP/lines"

has() { # HOST ID VERDICT TEXT
	grep "\"host\":\"$1\",\"id\":\"$2\",\"verdict\":\"$3\"" "$TMP/lines" | grep -qF -- "$4" ||
		fail "$1 $2: not $3, or without: $4"
}
has good auth.publickey pass 'would be accepted'
has rsa key.format pass 'RSA 2048, PEM (PKCS#1)'
has rsa-pkcs8 key.format pass 'PEM (PKCS#8)'
has ecdsa-pem key.format pass 'PEM (SEC1)'
has passphrase key.format pass 'locked with a passphrase'
has wide-mode key.mode fail 'chmod '
has public key.file fail 'public key'
has html key.file fail 'web page'
has empty key.file fail 'is empty'
has missing key.file fail 'does not exist'
has stranger auth.publickey fail 'authorized_keys'
has new ssh.hostkey warn 'new ssh-ed25519 key SHA256:'
has othertype ssh.hostkey fail 'another type'
has changed ssh.hostkey fail 'CHANGED'
has revoked ssh.hostkey fail 'revoked'
has refused net.connect fail 'refuse'
has full ssh.banner fail 'MaxStartups'
has silent ssh.banner fail 'no SSH banner'
has post-quantum ssh.kex fail 'post-quantum'
has password auth.publickey skip 'takes no keys'
has refused auth.publickey skip 'net.connect failed'
grep '"host":"wide-mode","id":"key.mode"' "$TMP/lines" | grep -q '"fixable":true' || fail "not fixable"

# ---- one document ----

expect 1 "$SALLYPORT" check good refused --json
grep -q '^{"version":1,"hosts":\[{"name":"good","verdict":"pass","depth":"auth","checked_at":"20[0-9-]*T[0-9:]*Z","duration_ms":[0-9.]*,"complete":true,"checks":\[{"id":"host.settings","verdict":"pass","summary":"' \
    "$TMP/out" || fail "the document begins otherwise"
# The order of the table, however the results came in.
grep -o '"id":"[a-z.]*"' "$TMP/out" | head -n 13 | tr '\n' ' ' >"$TMP/ids"
echo '"id":"host.settings" "id":"key.file" "id":"key.mode" "id":"key.format" "id":"key.agent" "id":"cloud.instance" "id":"net.resolve" "id":"net.connect" "id":"ssh.banner" "id":"ssh.kex" "id":"ssh.hostkey" "id":"auth.methods" "id":"auth.publickey" ' |
	tr -d '\n' | cmp - "$TMP/ids" || fail "ids are in another order"

# ---- depths ----

expect 0 "$SALLYPORT" check refused --depth local --json-lines
expect_no_out net.
expect_out '"depth":"local"'
expect 0 "$SALLYPORT" check stranger --depth reach --json-lines
expect_out '"id":"ssh.banner","verdict":"pass"'
expect_no_out ssh.kex

# ---- strictness ----

expect 0 "$SALLYPORT" check new
expect 1 "$SALLYPORT" check new --strict
expect 0 "$SALLYPORT" check good --strict

# ---- several hosts as text: what needs attention, and a tally ----

expect 1 "$SALLYPORT" check good refused
expect_out 'good: pass'
expect_no_out 'key.mode'
expect_out '  fail  net.connect     '
expect_out '                        hint: '
expect_out '2 hosts: 1 pass, 1 fail'
expect 1 "$SALLYPORT" check -v good refused
expect_out '  pass  key.mode        '

# ---- looking changed nothing ----

expect_same "$TMP/known_hosts.before" "$LAB/known_hosts"
[ ! -e "$HOME/.ssh/known_hosts" ] || fail "a known_hosts was made"
! grep -l '^Accepted .* for ' "$LAB"/log/*.log || fail "a check logged in"
expect 0 "$SALLYPORT" connect good true
grep -q '^Accepted publickey for ' "$LAB/log/good.log" || fail "sshd writes of logins in other words"
