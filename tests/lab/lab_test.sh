#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The lab itself: OpenSSH's own client must meet in it what servers.txt says.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab
chmod 700 "$HOME"
cat >"$TMP/askpass" <<-'END'
	#!/bin/sh
	case $1 in
	*oken*) echo "$LAB_TOKEN" ;;
	*assphrase*) echo "$LAB_PASSPHRASE" ;;
	*) echo "$LAB_PASSWORD" ;;
	esac
END
chmod 755 "$TMP/askpass"

run_ssh() {
	SSH_ASKPASS=$TMP/askpass SSH_ASKPASS_REQUIRE=force timeout 30 \
	    ssh -F "$LAB/ssh_config" -o LogLevel=ERROR -o ConnectTimeout=1 "$@"
}

for name in good rsa dropbear tinyssh rsa-pkcs8 rsa-openssh rsa-only ecdsa ecdsa-pem passphrase \
    password kbdint partial few-tries banner no-tty rekey post-quantum; do
	expect 7 run_ssh "$name" 'echo it works; exit 7'
	expect_out 'it works'
done
expect 7 run_ssh -o KexAlgorithms=+diffie-hellman-group14-sha1 -o Ciphers=+aes128-cbc \
    -o MACs=+hmac-sha1 weak 'exit 7'
expect 0 run_ssh forced 'exit 7'
expect_out 'forced instead of: exit 7'

for name in new changed othertype revoked wide-mode stranger public html empty missing locked \
    no-sessions refused silent web full; do
	expect 255 run_ssh "$name" true
done

# A shell of the lab's own, whoever runs it.
ptyrun --output "$TMP/out" --wait 'good$ ' --send 'exit 3\r' -- \
    ssh -F "$LAB/ssh_config" good || [ $? -eq 3 ] || fail "no shell with the prompt of good"

# Nothing that a session left in the background outlives the lab.
run_ssh good 'setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $!' >"$TMP/pid"
pid=$(cat "$TMP/pid")
kill -0 "$pid" || fail "the session's child is gone already"
lab_stop "$LAB"
lab_gone "$pid" || fail "the session's child lives on"
