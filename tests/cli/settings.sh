#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# connect -G prints what ssh -G prints, for the same options: each keyword that both
# have is compared, but for those named here with the reason.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

folder=$(getent passwd "$(id -u)" | cut -d: -f6)
printf '{"hosts":[{"name":"of the list","hostname":"192.0.2.1","port":2022,"user":"u","request_tty":"no","set_env":{"A":"b c"},
	"identity_file":["~/one","two"],"connect_timeout":7},
	{"name":"a;b","hostname":"192.0.2.2","remote_command":"echo %%n"},{"name":"c","remote_command":"echo %%n %%p %%%%"}]}' >"$TMP/hosts.json"
export SALLYPORT_HOSTS="$TMP/hosts.json"
: >"$TMP/key"
: >"$TMP/key 2"

# differs KEYWORD REASON: not compared in any case
: >"$TMP/differs"
differs() {
	echo "$1" >>"$TMP/differs"
}
differs ciphers 'libssh2 has others, and another order is the fastest'
differs macs 'the same'
differs kexalgorithms 'the same'
differs hostkeyalgorithms 'the same'
differs pubkeyacceptedalgorithms 'the same'
differs sendenv 'LANG and LC_* are sent without being asked for, as Debian has it in a file'
differs updatehostkeys 'host keys are never learnt from a server'
differs enableescapecommandline '~C is on here, as in ssh before 9.2'
differs ipqos 'the default has changed from version to version'
# What we know and do not print: lists of what is not there at all, and a program that is never run.
unprinted='casignaturealgorithms gssapikexalgorithms hostbasedacceptedalgorithms xauthlocation'
# What newer ones print, and older ones have not got.
newer='channeltimeout obscurekeystroketiming refuseconnection tag versionaddendum warnweakcrypto'

# The home folder as "~", whoever says where that is; the keyword in small letters.
plain() {
	sed "s|$2|~|g" "$1" | awk '{ key = tolower($1); sub(/^[^ ]+/, key); print }'
}

both() {
	expect 0 ssh -G -F none "$@"
	plain "$TMP/out" "$folder" >"$TMP/theirs"
	expect 0 "$SALLYPORT" connect -G "$@"
	[ "$(grep -cv '^Warning: ' "$TMP/err")" -eq 0 ] || fail "said something: $*"
	plain "$TMP/out" "$HOME" >"$TMP/ours"
}

# same OPTION...: but for the keyword in $but, this time
but=
same() {
	{ cat "$TMP/differs"; echo "$but"; } >"$TMP/skip"
	but=
	both "$@"
	awk -v skip="$TMP/skip" '
		BEGIN { while ((getline key <skip) > 0) skipped[key] = 1 }
		FILENAME == ARGV[1] { theirs[$1] = theirs[$1] "\n" $0; next }
		{ ours[$1] = ours[$1] "\n" $0 }
		END {
			for (key in ours)
				if (key in theirs && !(key in skipped) && ours[key] != theirs[key])
					print "ssh:" theirs[key] "\nsallyport:" ours[key]
		}' "$TMP/theirs" "$TMP/ours" >"$TMP/out"
	[ ! -s "$TMP/out" ] || fail "-G $*"
}

# exact LINE OPTION...: both print this line
exact() {
	line=$1
	shift
	both "$@"
	grep -qxF -- "$line" "$TMP/theirs" || fail "ssh -G $* does not print: $line"
	grep -qxF -- "$line" "$TMP/ours" || fail "-G $* does not print: $line"
}

but=identityfile # ssh has XMSS keys in its list
same h
for keyword in $(awk '{ print $1 }' "$TMP/theirs" | sort -u); do
	case " $unprinted $newer " in *" $keyword "*) continue ;; esac
	grep -q "^$keyword " "$TMP/ours" || fail "$keyword is not printed"
done
awk '{ print $1 }' "$TMP/theirs" | grep -xf - "$TMP/differs" | sort -u >"$TMP/out"
[ "$(wc -l <"$TMP/out")" -ge 6 ] || fail "the exceptions are not those of ssh"

# ssh's own list of keys differs, so one is named from here on.
i="-i $TMP/key"
# shellcheck disable=SC2086 # two words
keys() {
	same $i "$@"
}
keys -p 2222 -l bob h
keys bob@h
keys -l carol bob@h
keys bob@h -l carol
keys ssh://bob@h:77
keys -p 22 ssh://bob@h:77
keys h -p 2222 ls -l
keys -p ssh h
keys -o "RemoteCommand=%h %n" FooBar
keys bob@::1
keys -2 fe80::1%lo
same -i "$TMP/key" -i "$TMP/key 2" -o IdentityFile=~/.ssh/%h_x -o 'IdentityFile "a b"' h
same -i "$TMP/key" -i "$TMP/not-there" h
keys -o IdentitiesOnly=yes -o CertificateFile=%h-cert.pub -o CertificateFile=b h
keys -4 h
keys -6 -4 h
keys -t h
keys -tt h
keys -T h
keys -t -T h
keys -T -t h
keys -o RequestTTY=force -T h
keys -T -o RequestTTY=force h
keys -o RequestTTY=force h
keys -N h
keys -s h sftp
keys -n h
keys -nNx h
keys -f h ls
keys -N -f h
keys -o ForkAfterAuthentication=yes -N h
keys -o SessionType=none -o StdinNull=yes h
for flags in -q -v -vv -vvv '-q -v' '-v -q'; do
	# shellcheck disable=SC2086
	keys $flags h 2>/dev/null
done
keys -o LogLevel=error h
keys -o LogLevel=error -v h
keys -a -C -g -x -k h
keys -e none h
keys -e ^A h
keys -e x -o EscapeChar=y h
keys -o EscapeChar=none h
keys -b 127.0.0.1 -o BindAddress=127.0.0.2 h
keys -o BindAddress=127.0.0.2 h
keys -o HostName=%h.example.org h
keys -o User=a -l b h
keys -o 'User="b"' -o "Port = 99" -o"Compression yes" h
keys -oPort=99 -oPort=98 h
keys -o StrictHostKeyChecking=yes -o CheckHostIP=no -o HashKnownHosts=yes h
keys -o StrictHostKeyChecking=accept-new h
but=stricthostkeychecking # ours is accept-new
keys -o StrictHostKeyChecking=no h
keys -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null h
keys -o 'UserKnownHostsFile=~/a "/tmp/b c" /tmp/%h-%p-%r-%n-%k' h
keys -o UserKnownHostsFile=none -o HostKeyAlias=alias h
NOWHERE=/nowhere keys -o 'UserKnownHostsFile=${NOWHERE}/x' h
keys -o ControlMaster=auto -o ControlPersist=60s h
keys -o ControlMaster=no -o ControlPersist=yes -o ControlPath=/tmp/x h
keys -S /tmp/y h
keys -o PubkeyAuthentication=no -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no h
keys -o ChallengeResponseAuthentication=no -o PubkeyAcceptedKeyTypes=ssh-ed25519 h
keys -o PreferredAuthentications=publickey,password -o NumberOfPasswordPrompts=1 h
but=serveraliveinterval # Debian sets 300 then
keys -o BatchMode=yes h
keys -o ConnectTimeout=1m30s -o ConnectionAttempts=3 h
keys -o ConnectTimeout=none h
keys -o ServerAliveInterval=1h -o ServerAliveCountMax=5 -o TCPKeepAlive=no h
keys -o KeepAlive=no h
keys -o 'SetEnv=A="b c" D=e' -o SetEnv=F=g h
keys -o 'RemoteCommand=a  "b" %h %p %r %% # c' h
keys -o RemoteCommand=none h
keys -o AddKeysToAgent=yes h
keys -o 'AddKeysToAgent=confirm 1h' h
keys -o AddKeysToAgent=5m h
keys -o IdentityAgent=~/a h
keys -o IdentityAgent=none h
keys -o IdentityAgent=SSH_AUTH_SOCK h
keys -o GSSAPIAuthentication=yes -o ForwardX11=yes -o ForwardX11Trusted=no -o ForwardX11Timeout=1h h
keys -o ProxyCommand=none -o ProxyJump=none -o Tunnel=no h
keys -o CanonicalizeHostname=yes -o CanonicalDomains='a b' -o VerifyHostKeyDNS=no -o VisualHostKey=yes h
keys -o IgnoreUnknown=a,F* -o foo=bar -o FingerprintHash=md5 -o Protocol=2 h
keys -o 'RekeyLimit=1G 1h' -o StreamLocalBindMask=0117 -o SyslogFacility=local1 h
keys -o PermitLocalCommand=no -o 'LocalCommand=ls -l' -o RequiredRSASize=2048 h
keys -L 8080:db:5432 -L '*:80:[::1]:443' -R 0:localhost:22 -R 1080 -D 1080 -D '[::1]:1081' h
keys -A -g -o ClearAllForwardings=no -o ExitOnForwardFailure=yes -o 'LocalForward 8080 db:5432' h
keys -A h
keys -L 1:a:2 -L 127.0.0.1:3:b:4 -L '[::1]:5:[::2]:6' h
keys -R 7 -R 1:a:2 -D 5 -D 127.0.0.1:6 -g h
keys -o 'LocalForward 1 a:2' -o ExitOnForwardFailure=yes -o ClearAllForwardings=no h
keys -J a,b@c:22 h
keys -J none h
keys -W a:1 h
keys -o ClearAllForwardings=no -W a:1 h
keys -F none h
keys -F /dev/null h

exact 'ciphers aes128-ctr' -c aes128-ctr -o Ciphers=aes256-ctr h
exact 'ciphers aes128-ctr,aes256-ctr' -o Ciphers=aes128-ctr,aes256-ctr h
exact 'macs hmac-sha2-256' -m hmac-sha2-256 h
exact 'kexalgorithms curve25519-sha256' -o KexAlgorithms=curve25519-sha256 h
exact 'hostkeyalgorithms ssh-ed25519' -o HostKeyAlgorithms=ssh-ed25519 h
exact 'pubkeyacceptedalgorithms ssh-ed25519' -o PubkeyAcceptedAlgorithms=ssh-ed25519 h
exact 'sendenv B' -o 'SendEnv=A* B' -o 'SendEnv=-A*' h
exact 'ipqos af21 af21' -o IPQoS=af21 h

# A host of the list: its settings, unless an option says otherwise.
expect 0 "$SALLYPORT" connect -G -p 99 'of the list'
for line in 'host of the list' 'hostname 192.0.2.1' 'port 99' 'user u' 'requesttty false' 'setenv A=b c' \
    'identityfile ~/one' 'identityfile two' 'connecttimeout 7'; do
	grep -qxF "$line" "$TMP/out" || fail "not printed: $line"
done
expect 0 "$SALLYPORT" connect -G c
expect_out 'remotecommand echo c 22 %'
expect 0 "$SALLYPORT" connect -G carol@c
grep -qx 'user carol' "$TMP/out" || fail "the user of the destination"

# Refused alike: on standard error, nothing on standard output, 255.
refused() {
	expect 255 ssh -G -F none "$@"
	expect 255 "$SALLYPORT" connect -G "$@"
	[ ! -s "$TMP/out" ] || fail "an error on standard output"
	grep -q '^sallyport: ' "$TMP/err" || fail "no reason: $*"
}
refused -o Nonsense=1 h
expect_err 'sallyport: Bad configuration option: Nonsense'
refused -o 'Nonsense 1' h
refused -o Port= h
refused -o Port h
refused -o 'Port 22 33' h
refused -o 'User=b c' h
refused -o 'User="b c' h
refused -o RemoteCommand= h
refused -o SendEnv= h
refused -o SetEnv=A h
refused -o RequestTTY=nope h
refused -o LogLevel=nope h
refused -o ServerAliveInterval=x h
refused -o ConnectionAttempts=0 h
refused -o Include=/dev/null h
refused -o Host=x h
refused -o Match=all h
refused -p 0 h
refused -p nothing h
refused -c nope h
refused -m nope h
refused -o 'UserKnownHostsFile=/tmp/${NO_SUCH_VARIABLE}' h
refused -o 'UserKnownHostsFile=%Z' h
refused -o 'RemoteCommand=date +%s' h
refused -N -s h sftp
refused -s h
refused -f h
refused -Z h
refused
refused -l 'a;b' h
refused 'a;b@h'
refused -- -oProxyCommand=x
# Threat 4: a name of the list that a remote shell would obey.
expect 255 "$SALLYPORT" connect 'a;b'
expect_err 'sallyport: remote_command: %n stands for "a;b"'

# A wrong token is a wrong setting; a right one is seen by the checks.
cat >"$TMP/tokens.json" <<-'END'
	{"hosts":[{"name":"a","hostname":"192.0.2.1","remote_command":"date +%s"},
		{"name":"b","hostname":"192.0.2.1","identity_file":"${HOME}/%n-%p.pem"}]}
END
expect 1 "$SALLYPORT" --hosts "$TMP/tokens.json" check a --depth local
expect_out 'remote_command: has a % that is no token'
expect 255 "$SALLYPORT" --hosts "$TMP/tokens.json" connect a
expect_err 'sallyport: remote_command: has a % that is no token'
expect 1 "$SALLYPORT" --hosts "$TMP/tokens.json" check b --depth local
expect_out '~/b-22.pem'

# -V and -E.
expect 0 "$SALLYPORT" connect -V
grep -qx 'sallyport [0-9.]*' "$TMP/err" && [ ! -s "$TMP/out" ] || fail "-V"
(umask 0 && expect 0 "$SALLYPORT" connect -v -E "$TMP/log" -o ControlMaster=auto -G h)
[ "$(stat -c %a "$TMP/log")" = 600 ] || fail "the log may be read by others"
[ "$(cat "$TMP/log")" = 'sallyport: ControlMaster=auto: ignored, not supported' ] || fail "-E: $(cat "$TMP/log")"
expect 255 "$SALLYPORT" connect -E "$TMP" -G h
expect_err 'sallyport: '

# A command that was given and one that is set: neither runs (the oracle refuses as well).
expect 255 "$SALLYPORT" connect -o RemoteCommand=date 192.0.2.1 ls
expect_err 'a command was given, and remote_command is set too'
expect 255 ssh -F none -o RemoteCommand=date -o ProxyCommand=false 192.0.2.1 ls
expect 0 "$SALLYPORT" connect -G -o RemoteCommand=none 192.0.2.1 ls
