#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What test_jobs runs for a session: "jobs_child.sh --report-fd N COMMANDS".
[ "$1" = --report-fd ] || exit 99
report=$2
eval "$3"
