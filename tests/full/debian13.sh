#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sessions with OpenSSH 10, Dropbear and TinySSH of Debian 13, as they come
#
# DEBIAN13 is the folder of a Debian 13 made by debootstrap (tools/full.sh makes it).  Its servers run in a
# chroot, an overlay in memory, in mount and network namespaces of their own: nothing outside sees them,
# the folder stays as it is, and all that was mounted is gone with the last of them.
if [ "$(id -u)" -ne 0 ]; then
	exec sudo env "top_srcdir=${top_srcdir:-}" "top_builddir=${top_builddir:-}" "DEBIAN13=$DEBIAN13" \
		"LAB_PREFIX=${LAB_PREFIX:-}" "$0"
fi
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

[ -x "$DEBIAN13/usr/lib/openssh/sshd-auth" ] || fail "no OpenSSH 10 in $DEBIAN13"
user=ecs-user

# ---- the servers ----

# Inside: FOLDER-OF-THE-LAB CHROOT USER INETD.  The sshds are children of inetd, which ends them.
cat >"$TMP/inside" <<'END'
set -eu
lab=$1 user=$3 inetd=$4
mount -t tmpfs tmpfs "$lab/debian13"
cd "$lab/debian13"
mkdir upper work root
mount -t overlay -o "lowerdir=$2,upperdir=upper,workdir=work" overlay root
cd root
mount -t proc proc proc
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
rm -f dev/ptmx
ln -s pts/ptmx dev/ptmx
chroot . useradd --create-home --shell /bin/bash "$user"
chroot . mkdir -m 700 -p "/home/$user/.ssh" run/sshd
cp "$lab/home/.ssh/authorized_keys" "home/$user/.ssh"
chroot . chown -R "$user:" "/home/$user/.ssh"
echo "$user:$LAB_PASSWORD" | chroot . chpasswd
chroot . tinysshd-makekey -q /etc/tinyssh/lab
chroot . dropbearkey -t ed25519 -f /etc/dropbear.key >"$lab/dropbear.key" 2>&1
cat etc/ssh/ssh_host_*_key.pub >"$lab/openssh.pub"
cat etc/tinyssh/lab/ed25519.pk >"$lab/tinyssh.pk"
for options in '-p 22' '-p 23 -o RekeyLimit=1M' '-p 24 -o KexAlgorithms=mlkem768x25519-sha256' \
    '-p 25 -o HostKeyAlgorithms=rsa-sha2-256'; do
	chroot . /usr/sbin/sshd -D -E "/sshd.log" $options </dev/null >/dev/null &
done
chroot=$(command -v chroot)
printf 'dropbear\t%s\t.\t/usr/sbin/dropbear\t-i\t-E\t-r\t/etc/dropbear.key\n' "$chroot" >"$lab/etc/13.table"
printf 'tinyssh\t%s\t.\t/usr/sbin/tinysshd\t-v\t/etc/tinyssh/lab\n' "$chroot" >>"$lab/etc/13.table"
exec "$inetd" "$lab/etc/13.table"
END

lab good # for its keys
netns_chain client debian13
mkdir "$LAB/debian13"
address=$(netns_address debian13)
LAB_ADDRESS=$address lab_launch "$LAB" "$NETNS/debian13" unshare --mount --propagation private \
	sh "$TMP/inside" "$LAB" "$DEBIAN13" "$user" "$LAB_BIN/inetd"
listening() {
	[ "$(netns_run debian13 ss -Hltn 'sport >= 22 and sport <= 25' | grep -c '0.0.0.0:')" -eq 4 ]
}
wait_for listening

# ---- the hosts ----

{
	for port in 22 23 24 25; do
		[ "$port" -eq 22 ] && name=$address || name="[$address]:$port"
		sed "s/^/$name /" "$LAB/openssh.pub"
	done
	echo "[$address]:$(lab_port "$LAB" dropbear) $(grep ^ssh-ed25519 "$LAB/dropbear.key")"
	echo "[$address]:$(lab_port "$LAB" tinyssh) ssh-ed25519 $({ printf '\000\000\000\013ssh-ed25519\000\000\000\040'
		cat "$LAB/tinyssh.pk"; } | openssl base64 -A)"
} >"$LAB/known_hosts"
json() { # NAME PORT KEY
	printf '{ "name": "%s", "hostname": "%s", "port": %s, "identity_file": "%s" }' "$1" "$address" "$2" "$LAB/keys/$3"
}
{
	printf '{ "version": 1, "defaults": { "user": "%s", "identities_only": true, "identity_agent": "none",\n' "$user"
	printf '"user_known_hosts_file": "%s" }, "hosts": [\n' "$LAB/known_hosts"
	json good 22 ed25519
	printf ',\n%s' "$(json rsa 22 rsa.pem)" "$(json rsa-openssh 22 rsa)" "$(json ecdsa 22 ecdsa)" \
		"$(json password 22 none)" "$(json stranger 22 stranger)" "$(json rekey 23 ed25519)" \
		"$(json post-quantum 24 ed25519)" "$(json rsa-host-key 25 ed25519)" \
		"$(json dropbear "$(lab_port "$LAB" dropbear)" ed25519)" \
		"$(json tinyssh "$(lab_port "$LAB" tinyssh)" ed25519)"
	echo ' ] }'
} >"$LAB/debian13.json"
SALLYPORT_HOSTS=$LAB/debian13.json

run() {
	netns_run client timeout 60 "$SALLYPORT" "$@"
}

# ---- every key and every server ----

# This OpenSSH takes RSA keys with SHA-2 only: that they are accepted shows that they signed so.
for name in good rsa rsa-openssh ecdsa rekey rsa-host-key dropbear tinyssh; do
	expect 7 run connect "$name" 'echo "I am $USER"; echo complaint >&2; exit 7'
	[ "$(cat "$TMP/out")" = "I am $user" ] || fail "$name: not the command's output"
	[ "$(cat "$TMP/err")" = complaint ] || fail "$name: connect is not as silent as ssh"
done
expect 143 run connect good 'kill -TERM $$'

# ---- what check says of them ----

# Its own first choice is a post-quantum key exchange, which is not ours.
expect 0 run check good --json
expect_out OpenSSH_10
expect_out curve25519-sha256
expect 0 run check rsa ecdsa rekey rsa-host-key dropbear tinyssh --json
expect_out dropbear_2025
expect_out tinyssh
expect 1 run check post-quantum --json
expect_out mlkem768x25519-sha256
expect 255 run connect post-quantum true
expect_err mlkem768x25519-sha256

# ---- a terminal ----

for name in good rekey dropbear tinyssh; do
	status=0
	netns_run client "$LAB_BIN/ptyrun" --size 100x30 --same-termios --output "$TMP/out" \
		--wait '$ ' --send 'stty size; tty\r' --wait '30 100' --wait /dev/pts/ \
		--size 90x20 --send 'stty size\r' --wait '20 90' --wait '$ ' --send 'exit 5\r' \
		-- "$SALLYPORT" connect "$name" || status=$?
	[ "$status" -eq 5 ] || fail "a shell on $name: status $status"
done
status=0
netns_run client "$LAB_BIN/ptyrun" --output "$TMP/out" --wait assword --send "$LAB_PASSWORD\\r" --wait '$ ' \
	--send 'exit 6\r' -- "$SALLYPORT" connect -o PreferredAuthentications=password password || status=$?
[ "$status" -eq 6 ] || fail "a login by password through PAM: status $status"

# ---- many bytes, with new session keys every megabyte ----

head -c 20000000 /dev/urandom >"$TMP/bytes"
for name in good rekey dropbear tinyssh; do
	run connect "$name" cat <"$TMP/bytes" >"$TMP/back" || fail "$name: cat"
	expect_same "$TMP/bytes" "$TMP/back"
done

# ---- subsystems, and on from there ----

ln -s "$SALLYPORT" "$TMP/sallyport-ssh"
expect 0 netns_run client scp -q -S "$TMP/sallyport-ssh" "$TMP/bytes" good:bytes
expect 0 netns_run client scp -q -S "$TMP/sallyport-ssh" good:bytes "$TMP/back"
expect_same "$TMP/bytes" "$TMP/back"
expect 7 run connect -J good,dropbear rekey 'exit 7'
expect 0 run connect -W "$address:22" rekey
expect_out SSH-2.0-OpenSSH_10

# ---- last: since 9.8 OpenSSH refuses for a while who failed to log in several times, and we say so ----

expect 255 run connect stranger true
expect_err 'permission denied (publickey,password)'
refused() {
	expect 255 run connect stranger true
	grep -q PerSourcePenalties "$TMP/err"
}
wait_for refused
expect 1 run check good --depth reach
expect_out 'this address has a penalty for failed ones'
