#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# 256 MiB each way at once through a terminal session, a command, a forwarded port and a jump host
TRANSFER_MIB=256
TRANSFER_REKEY=5s
export TRANSFER_MIB TRANSFER_REKEY
exec "${top_srcdir:-$(dirname "$0")/../..}/tests/ssh/transfer.sh"
