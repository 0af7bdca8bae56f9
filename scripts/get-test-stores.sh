#!/bin/sh
# Build versitygw, a store that speaks S3 and refuses forgeries, for the long tests of uploads, where Go is.
set -eu
sh scripts/go-build.sh versitygw versitygw github.com/versity/versitygw/cmd/versitygw@v1.8.0
