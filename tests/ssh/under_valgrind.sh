#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Sessions and checks under valgrind: no invalid access, no use of what was
# never set, no leak of ours.  Not part of "make check": a build with
# sanitizers cannot run here.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab
cat >"$TMP/watched" <<-END
	#!/bin/sh
	exec valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \\
	    --suppressions="$LAB_SRC/valgrind.supp" --log-file="$TMP/log.%p" "$SALLYPORT" "\$@"
END
chmod 755 "$TMP/watched"

clean() {
	cat "$TMP"/log.* >"$TMP/err"
	[ ! -s "$TMP/err" ] || fail "valgrind found something: $*"
}

for name in good rsa ecdsa-pem ed25519-pkcs8 dropbear tinyssh; do
	expect 7 "$TMP/watched" connect "$name" 'exit 7'
	clean "$name"
done
expect 0 "$TMP/watched" connect rekey 'head -c 5000000 /dev/zero'
clean rekey
for name in changed stranger refused web post-quantum no-sessions; do
	expect 255 "$TMP/watched" connect "$name" true
	clean "$name"
done

asked() {
	wanted=$1 name=$2
	shift 2
	got=0
	ptyrun --size 200x40 --output "$TMP/out" --timeout 60 "$@" -- "$TMP/watched" connect "$name" 'exit 7' || got=$?
	[ $got -eq "$wanted" ] || fail "$name: status $got, not $wanted"
	clean "$name"
}
asked 7 new --wait 'yes/no' --wait ' ' --send 'yes\r'
asked 7 passphrase --wait 'sallyport> ' --send "$LAB_PASSPHRASE\\r"
asked 7 partial --wait 'sallyport> ' --send "$LAB_PASSWORD\\r"
asked 7 kbdint --wait 'Token code: ' --send "$LAB_TOKEN\\r" --wait 'Password: ' --send "$LAB_PASSWORD\\r"
asked 255 few-tries --wait 'password: ' --send 'a\r' --wait 'password: ' --send 'b\r'

expect 1 "$TMP/watched" check --all --timeout 60
clean "check --all"
for behaviour in kexinit-none kexinit-huge disconnect packet-4g banner-escape; do
	fault "$behaviour"
	expect 255 "$TMP/watched" connect -o ConnectTimeout=3 "127.0.0.1:$PORT" true
	clean "$behaviour"
done
