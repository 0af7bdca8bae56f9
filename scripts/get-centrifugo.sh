#!/bin/sh
# Build Centrifugo, which tests and benchmarks run beside the service, where Go is.
exec sh scripts/go-build.sh Centrifugo centrifugo github.com/centrifugal/centrifugo/v6@v6.9.1
