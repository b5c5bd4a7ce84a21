#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# OpenSSH of Debian 13 with its penalties: neither the menu's cursor nor checks of fifty logins get the user refused
#
# DEBIAN13 is the folder of a Debian 13 made by debootstrap (tools/full.sh makes it); see debian13.sh.
if [ "$(id -u)" -ne 0 ]; then
	exec sudo env "top_srcdir=${top_srcdir:-}" "top_builddir=${top_builddir:-}" "DEBIAN13=$DEBIAN13" \
		"LAB_PREFIX=${LAB_PREFIX:-}" "$0"
fi
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

[ -x "$DEBIAN13/usr/lib/openssh/sshd-auth" ] || fail "no OpenSSH 10 in $DEBIAN13"
user=ecs-user

# Inside: FOLDER-OF-THE-LAB CHROOT USER
cat >"$TMP/inside" <<'END'
set -eu
lab=$1 user=$3
mount -t tmpfs tmpfs "$lab/debian13"
cd "$lab/debian13"
mkdir upper work root
mount -t overlay -o "lowerdir=$2,upperdir=upper,workdir=work" overlay root
cd root
mount -t proc proc proc
chroot . useradd --create-home --shell /bin/bash "$user"
chroot . mkdir -m 700 -p "/home/$user/.ssh" run/sshd
cp "$lab/home/.ssh/authorized_keys" "home/$user/.ssh"
chroot . chown -R "$user:" "/home/$user/.ssh"
cat etc/ssh/ssh_host_*_key.pub >"$lab/openssh.pub"
exec chroot . /usr/sbin/sshd -D -e -o LogLevel=VERBOSE >"$lab/sshd.out" 2>&1
END

lab good # for its keys
netns_chain client debian13
mkdir "$LAB/debian13"
address=$(netns_address debian13)
lab_launch "$LAB" "$NETNS/debian13" unshare --mount --propagation private \
	sh "$TMP/inside" "$LAB" "$DEBIAN13" "$user"
listening() {
	netns_run debian13 ss -Hltn 'sport = 22' | grep -q .
}
wait_for listening
sed "s/^/$address /" "$LAB/openssh.pub" >"$LAB/known_hosts"

# Fifty users of the one server, of whom the last may log in.
{
	printf '{ "version": 1, "defaults": { "identities_only": true, "identity_agent": "none", "hostname": "%s",\n' "$address"
	printf '"user_known_hosts_file": "%s", "identity_file": "%s" }, "hosts": [\n' "$LAB/known_hosts" "$LAB/keys/ed25519"
	for i in $(seq 1 49); do printf '{ "name": "h%s", "user": "user%s" },\n' "$i" "$i"; done
	printf '{ "name": "good", "user": "%s" } ] }\n' "$user"
} >"$LAB/hosts13.json"
SALLYPORT_HOSTS=$LAB/hosts13.json
export SALLYPORT_HOSTS

login() {
	expect 7 netns_run client timeout 60 "$SALLYPORT" connect good 'exit 7'
}
not_penalised() {
	! grep -E 'drop connection|Not allowed at this time' "$LAB/sshd.out" >"$TMP/penalties" ||
		fail "$1: $(cat "$TMP/penalties")"
}


screen_start 120 40 "$NETNS/client" "$SALLYPORT"
screen_wait '50 hosts'
screen_wait 'reach, just now'
for i in $(seq 1 49); do
	screen_keys Down
	sleep 0.8 # longer than the cursor has to rest
done
screen_wait '│ ✓ host.settings   ecs-user@'
screen_keys q
[ "$(screen_status)" -eq 0 ] || fail "the menu ended otherwise"
screen_stop
not_penalised 'the cursor'
for run in 1 2; do
	status=0
	netns_run client "$SALLYPORT" check --all --json-lines >"$TMP/all$run" 2>"$TMP/err" || status=$?
	[ "$(grep -c '"event":"host"' "$TMP/all$run")" -eq 50 ] || fail "run $run: not all hosts: $(cat "$TMP/err")"
	! grep -E 'refused a moment ago|Not allowed' "$TMP/all$run" || fail "run $run was refused"
	not_penalised "run $run"
done
grep -q '"id":"auth.publickey","verdict":"skip","summary":"not asked' "$TMP/all1" || fail "all fifty were asked"
login
not_penalised 'after all'

# Without the rule it would have been otherwise: who asks for each by name is refused.
for i in $(seq 1 40); do
	netns_run client "$SALLYPORT" check "h$i" >"$TMP/out" || :
	! grep -q 'penalty for failed ones' "$TMP/out" || break
done
grep -q 'penalty for failed ones' "$TMP/out" || fail "this server has no penalties"
