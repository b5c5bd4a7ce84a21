#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Certificates of users against a real sshd that knows only the CA: from files and
# from a real ssh-agent, of every type; and which signatures an RSA key makes.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

LAB_TABLE=$TMP/servers
cat >"$LAB_TABLE" <<-'END'
	ca|sshd|TrustedUserCAKeys @DIR@/keys/ca.pub;AuthorizedKeysFile none|-|known|pass|x|x
	ca-key|sshd|TrustedUserCAKeys @DIR@/keys/ca.pub;AuthorizedKeysFile none|ed25519|known|pass|x|x
	ca512|sshd|TrustedUserCAKeys @DIR@/keys/ca.pub;AuthorizedKeysFile none;PubkeyAcceptedAlgorithms rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-512|-|known|pass|x|x
	ca256|sshd|TrustedUserCAKeys @DIR@/keys/ca.pub;AuthorizedKeysFile none;PubkeyAcceptedAlgorithms rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-256|-|known|pass|x|x
	only512|sshd|PubkeyAcceptedAlgorithms rsa-sha2-512|-|known|pass|x|x
	only256|sshd|PubkeyAcceptedAlgorithms rsa-sha2-256|-|known|pass|x|x
	sha1|sshd|PubkeyAcceptedAlgorithms ssh-rsa|-|known|pass|x|x
	dropbear|dropbear||-|known|pass|x|x
END
lab ca ca-key ca512 ca256 only512 only256 sha1 dropbear
SSH_AUTH_SOCK=$TMP/agent
export SSH_AUTH_SOCK
ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 &
at_exit "kill $!"
wait_for test -S "$SSH_AUTH_SOCK"

ssh-keygen -q -t ed25519 -N '' -f "$LAB/keys/ca" </dev/null
# certify KEY [OPTION...]: KEY-cert.pub for the login user
certify() {
	key=$1
	shift
	ssh-keygen -q -s "$LAB/keys/ca" -I "$LAB_USER at home" -n "$LAB_USER" "$@" "$key.pub" 2>/dev/null ||
		fail "ssh-keygen -s"
}

# connects HOST OPTION...: logs in and prints what the server saw of the key
connects() {
	host=$1
	shift
	: >"$LAB/log/$host.log"
	expect 0 setsid -w "$SALLYPORT" connect "$@" "$host" 'echo it works'
	expect_out 'it works'
	[ ! -s "$TMP/err" ] || fail "$host: not as silent as ssh"
}

# refused HOST OPTION...
refused() {
	host=$1
	shift
	expect 255 setsid -w "$SALLYPORT" connect "$@" "$host" true
}

log_has() {
	grep -qF -- "$2" "$LAB/log/$1.log" || { grep -i 'key\|cert' "$LAB/log/$1.log" >&2; fail "not in the log of $1: $2"; }
}

nobody=IdentityAgent=none
agent=IdentityAgent=$SSH_AUTH_SOCK
keys='PreferredAuthentications=publickey'

mkdir "$TMP/k"
for type in ed25519 ecdsa rsa; do
	cp "$LAB/keys/$type" "$LAB/keys/$type.pub" "$TMP/k"
	# Without its certificate the key is worth nothing here.
	refused ca -o $nobody -o $keys -i "$TMP/k/$type"
	certify "$TMP/k/$type"
	# FILE-cert.pub beside the file, which comes before the plain key: nothing is refused.
	connects ca -o $nobody -o $keys -i "$TMP/k/$type"
	log_has ca "ID $LAB_USER at home"
	! grep -q 'Failed publickey' "$LAB/log/ca.log" || fail "$type: something was refused first"
	# certificate_file, from elsewhere.
	mv "$TMP/k/$type-cert.pub" "$TMP/$type-named.pub"
	connects ca -o $nobody -o $keys -i "$TMP/k/$type" -o "CertificateFile=$TMP/$type-named.pub"
	# The certificate from a file, the key in the agent.
	ssh-add -q "$TMP/k/$type"
	connects ca -o $agent -o $keys -o IdentitiesOnly=yes -i "$TMP/k/$type.pub" -o "CertificateFile=$TMP/$type-named.pub"
	# Both in the agent, no file at all.
	ssh-add -q -D
	mv "$TMP/$type-named.pub" "$TMP/k/$type-cert.pub"
	ssh-add -q "$TMP/k/$type"
	connects ca -o $agent -o $keys -o IdentitiesOnly=no
	log_has ca 'Accepted certificate ID'
	! grep -q 'Failed publickey' "$LAB/log/ca.log" || fail "$type: the agent's plain key came first"
	ssh-add -q -D
done

# An RSA certificate, and a plain RSA key, sign as the server takes it, from the file and from the agent.  (sshd announces
# more than PubkeyAcceptedAlgorithms lets it take; ssh then fails as well, unless it is told.)
sha256='PubkeyAcceptedAlgorithms=rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com'
ssh-add -q "$TMP/k/rsa"
connects ca512 -o $nobody -o $keys -i "$TMP/k/rsa"
connects ca512 -o $agent -o $keys -o IdentitiesOnly=no
connects ca256 -o $nobody -o $keys -i "$TMP/k/rsa" -o $sha256
connects ca256 -o $agent -o $keys -o IdentitiesOnly=no -o $sha256
connects only512 -o $nobody -o $keys -i "$LAB/keys/rsa"
connects only512 -o $agent -o $keys -o IdentitiesOnly=no
connects only256 -o $nobody -o $keys -i "$LAB/keys/rsa" -o $sha256
connects only256 -o $agent -o $keys -o IdentitiesOnly=no -o $sha256
# SHA-1 only when that is asked for.
refused sha1 -o $nobody -o $keys -i "$LAB/keys/rsa"
connects sha1 -o $nobody -o $keys -i "$LAB/keys/rsa" -o PubkeyAcceptedAlgorithms=ssh-rsa
refused only512 -o $nobody -o $keys -i "$LAB/keys/rsa" -o PubkeyAcceptedAlgorithms=ssh-ed25519
expect_err pubkey_accepted_algorithms
# One key that cannot sign does not spoil the next.
connects dropbear -o $nobody -o $keys -i "$LAB/keys/rsa"
connects dropbear -o $nobody -o $keys -i "$LAB/keys/rsa" -i "$LAB/keys/ed25519"
ssh-add -q -D

# Of no use, and why: expired, not yet valid, of a host, for another key, without its key.
certify "$TMP/k/ed25519" -V 20200101:20200201
refused ca -o $nobody -o $keys -i "$TMP/k/ed25519"
expect_err 'expired at 2020-0'
certify "$TMP/k/ed25519" -V 20990101:20990201
refused ca -o $nobody -o $keys -i "$TMP/k/ed25519"
expect_err 'not valid before 2099-01'
certify "$TMP/k/ed25519" -h
refused ca -o $nobody -o $keys -i "$TMP/k/ed25519" -v
expect_err 'not a user certificate'
certify "$TMP/k/ecdsa"
mv "$TMP/k/ecdsa-cert.pub" "$TMP/k/ed25519-cert.pub"
refused ca -o $nobody -o $keys -i "$TMP/k/ed25519"
expect_err 'certifies another key'
refused ca -o $nobody -o $keys -i "$TMP/k/rsa" -o "CertificateFile=$TMP/k/ed25519-cert.pub"
expect_err 'its private key is neither'
refused ca -o $nobody -o $keys -i "$LAB/keys/rsa" -o "CertificateFile=$LAB/keys/rsa"
expect_err 'not a certificate'
# A locked key signs for its certificate, too: asked for once.
certify "$LAB/keys/passphrase"
got=0
ptyrun --same-termios --output "$TMP/out" --timeout 30 --wait 'Passphrase for ' --wait ': ' --send "$LAB_PASSPHRASE\\r" -- \
    "$SALLYPORT" connect -o $nobody -o $keys -i "$LAB/keys/passphrase" ca 'echo it works' || got=$?
[ $got -eq 0 ] || fail "a locked key with a certificate: status $got"
expect_out 'it works'

# A check asks about the certificate, too.
expect 1 "$SALLYPORT" check ca-key
expect_out 'refused'
certify "$LAB/keys/ed25519"
expect 0 "$SALLYPORT" check ca-key
expect_out 'ed25519-cert.pub'
expect_out 'would be accepted'
