#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Ansible works on hosts of the lab through sallyport-ssh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

command -v ansible >/dev/null || fail "ansible is not installed (package ansible-core)"
lab good rsa rekey stranger refused
python=$(PATH=/usr/bin:/bin command -v python3) || fail "no python3 of the system"
ln -s "$SALLYPORT" "$TMP/sallyport-ssh"

# known_hosts, user and keys are those of the lab's hosts file, by name; what ansible adds is its own doing.
{
	for name in good rsa rekey stranger refused; do
		echo "$name ansible_ssh_executable=$TMP/sallyport-ssh ansible_python_interpreter=$python"
	done
} >"$TMP/inventory"
cat >"$TMP/ansible.cfg" <<-END
	[defaults]
	inventory = $TMP/inventory
	remote_tmp = $LAB/home/.ansible
	nocows = true
	nocolor = true
	timeout = 5
	forks = 3
END
ANSIBLE_CONFIG=$TMP/ansible.cfg
export ANSIBLE_CONFIG

# The modules go there by itself (piped), by sftp and scp with -S, or along with the command (pipelining).
for way in ANSIBLE_SSH_TRANSFER_METHOD=piped ANSIBLE_SSH_TRANSFER_METHOD=sftp ANSIBLE_SSH_TRANSFER_METHOD=scp \
    ANSIBLE_PIPELINING=True; do
	expect 0 env "$way" "ANSIBLE_SFTP_EXTRA_ARGS=-S $TMP/sallyport-ssh" "ANSIBLE_SCP_EXTRA_ARGS=-S $TMP/sallyport-ssh" \
		ansible -vvv good,rsa,rekey -m ping
	grep -q "EXEC .*$TMP/sallyport-ssh" "$TMP/out" || fail "$way: not through sallyport-ssh"
	[ "$(grep -c 'SUCCESS =>' "$TMP/out")" -eq 3 ] || fail "$way: not three answers"
done

# A file comes over byte for byte, from the user that was asked for.
head -c 300000 /dev/urandom >"$TMP/bytes"
expect 0 env ANSIBLE_SSH_TRANSFER_METHOD=piped ansible good -m copy -a "src=$TMP/bytes dest=$TMP/there"
expect_same "$TMP/bytes" "$TMP/there"

# A command that fails, a key that is refused and a host that is not there are told apart.
expect 2 ansible good -m shell -a 'exit 3'
expect_out 'FAILED | rc=3'
expect 4 ansible stranger -m ping
expect_out 'UNREACHABLE'
expect_out 'permission denied'
expect 4 ansible refused -m ping
expect_out 'UNREACHABLE'
