#!/bin/sh
# Get what the long tests of the Helm chart use: helm and kubeconform, and, from the Go modules of Kubernetes (the oldest
# release that the chart allows, and a new one), of the Gateway API and of the Prometheus operator, what their objects
# look like. Where Go is missing, or something cannot be had, it says what will be skipped, and succeeds.
set -eu
kept=.venv/kubernetes

sh scripts/go-build.sh Helm helm helm.sh/helm/v3/cmd/helm@v3.22.0
sh scripts/go-build.sh kubeconform kubeconform github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
command -v go >/dev/null || exit 0

get() {  # a file of a module, under a name of ours: get k8s.io/kubernetes@v1.37.2 api/… kubernetes-1.37.json
    [ "$(cat "$kept/$3.version" 2>/dev/null)" != "$1" ] || [ ! -s "$kept/$3" ] || return 0
    echo "Getting $1"
    mkdir -p "$kept"
    folder=$(cd "$kept" && go mod download -json "$1" 2>/dev/null </dev/null | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    if [ -n "$folder" ] && cp "$folder/$2" "$kept/$3" && chmod u+w "$kept/$3"; then
        printf '%s\n' "$1" >"$kept/$3.version"
    else
        echo "$1 could not be had: tests that compare with it will be skipped." >&2
    fi
}

swagger=api/openapi-spec/swagger.json
get k8s.io/kubernetes@v1.31.0 $swagger kubernetes-1.31.json
get k8s.io/kubernetes@v1.37.2 $swagger kubernetes-1.37.json
get sigs.k8s.io/gateway-api@v1.5.0 config/crd/standard/gateway.networking.k8s.io_httproutes.yaml httproute.yaml
get github.com/prometheus-operator/prometheus-operator@v0.85.0 \
    example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml servicemonitor.yaml
