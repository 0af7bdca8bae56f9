{{/* What cannot work, said before anything is changed: each with what to do. */}}
{{- define "liveroom.refusals" -}}
{{- $v := .Values -}}
{{- include "liveroom.refusals.stores" . -}}
{{- include "liveroom.refusals.settings" . -}}
{{- include "liveroom.refusals.doors" . -}}
{{- $needed := add $v.shutdown.preStopSeconds $v.shutdown.graceSeconds 10 -}}
{{- if gt (int $needed) (int $v.shutdown.terminationGracePeriodSeconds) -}}
{{- fail (printf "A pod needs up to %d s to stop (preStopSeconds %d + graceSeconds %d + 10), but Kubernetes kills it after %d s: set shutdown.terminationGracePeriodSeconds to %d or more." (int $needed) (int $v.shutdown.preStopSeconds) (int $v.shutdown.graceSeconds) (int $v.shutdown.terminationGracePeriodSeconds) (int $needed)) -}}
{{- end -}}
{{- if and $v.metrics.enabled (not $v.console.enabled) -}}
{{- fail "/metrics is served on the console's port alone, so that nobody outside reads it: set metrics.enabled=false, or leave console.enabled on." -}}
{{- end -}}
{{- if and $v.metrics.serviceMonitor.enabled (not $v.metrics.enabled) -}}
{{- fail "metrics.serviceMonitor needs metrics.enabled=true." -}}
{{- end -}}
{{- if and $v.autoscaling.enabled (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas is %d, more than maxReplicas, which is %d." (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- end }}

{{- define "liveroom.refusals.stores" -}}
{{- $v := .Values -}}
{{- $many := include "liveroom.isMany" . -}}
{{- if and $many (not $v.database.existingSecret) -}}
{{- fail "Several pods need one MySQL or MariaDB: make a Secret with the key LIVEROOM_DATABASE_URL and set database.existingSecret to its name, or set replicas=1 and autoscaling.enabled=false." -}}
{{- end -}}
{{- if and $many (not $v.redis.existingSecret) -}}
{{- fail "Several pods share live data in Redis only: make a Secret with the key LIVEROOM_REDIS_URL and set redis.existingSecret to its name, or set replicas=1 and autoscaling.enabled=false." -}}
{{- end -}}
{{- if and (or $v.database.existingSecret $v.redis.existingSecret) (not $v.signing.existingSecret) -}}
{{- fail "With MySQL or Redis, tokens are signed with a secret that you keep: make a Secret with the key LIVEROOM_SECRET (openssl rand -hex 32) and set signing.existingSecret to its name." -}}
{{- end -}}
{{- if not (or $v.database.existingSecret $v.persistence.enabled) -}}
{{- fail "All data would be lost with the pod: set database.existingSecret for MySQL, or persistence.enabled=true for SQLite in a volume." -}}
{{- end -}}
{{- if and $many $v.persistence.enabled (not (has "ReadWriteMany" $v.persistence.accessModes)) -}}
{{- fail "Several pods cannot share a volume that is ReadWriteOnce: set persistence.accessModes={ReadWriteMany}, or persistence.enabled=false." -}}
{{- end -}}
{{- if and $many (eq (toString (default "" $v.settings.LIVEROOM_UPLOADS)) "folder") (not $v.persistence.enabled) -}}
{{- fail "LIVEROOM_UPLOADS is folder, but each pod would have a folder of its own: set it to s3, or share a volume with persistence.enabled=true and persistence.accessModes={ReadWriteMany}." -}}
{{- end -}}
{{- end }}

{{- define "liveroom.refusals.settings" -}}
{{- $owned := dict "LIVEROOM_HOST" "nothing: pods listen on every address" "LIVEROOM_PORT" "service.port" "LIVEROOM_DATA_DIR" "persistence" "LIVEROOM_WORKERS" "replicas: a pod is one process" "LIVEROOM_SHUTDOWN_GRACE" "shutdown.graceSeconds" "LIVEROOM_CONSOLE" "console.enabled" "LIVEROOM_CONSOLE_HOST" "console.enabled" "LIVEROOM_CONSOLE_PORT" "console.port" "LIVEROOM_METRICS" "metrics.enabled" "LIVEROOM_TRUSTED_PROXIES" "trustedProxies" "LIVEROOM_SERVERLESS" "nothing: pods are not a web function" "LIVEROOM_HTTPS" "ingress.tlsSecret, or your Gateway: pods speak HTTP" -}}
{{- range $name, $value := .Values.settings -}}
{{- if hasKey $owned $name -}}
{{- fail (printf "settings.%s is decided by the chart; use %s." $name (get $owned $name)) -}}
{{- end -}}
{{- if eq $name "LIVEROOM_SECRET" -}}
{{- fail "settings.LIVEROOM_SECRET would stand in the open: put it into a Secret and name that in signing.existingSecret." -}}
{{- end -}}
{{- if eq $name "LIVEROOM_DATABASE_URL" -}}
{{- fail "settings.LIVEROOM_DATABASE_URL would stand in the open: put it into a Secret and name that in database.existingSecret." -}}
{{- end -}}
{{- if eq $name "LIVEROOM_REDIS_URL" -}}
{{- fail "settings.LIVEROOM_REDIS_URL would stand in the open: put it into a Secret and name that in redis.existingSecret." -}}
{{- end -}}
{{- if regexMatch "_(SECRET|TOKEN|ICE_SERVERS|SMTP_URL|TEST_CODES|PASSWORD)$|_(API|BACKUP|CALLBACK|INTERNAL|PLAY|PROXY|PUSH|SECRET)_KEY$" $name -}}
{{- fail (printf "settings.%s would stand in the open: put it into a Secret, under that name, and list the Secret in extraSecrets." $name) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "liveroom.refusals.doors" -}}
{{- $v := .Values -}}
{{- if and $v.ingress.enabled $v.httpRoute.enabled -}}
{{- fail "Choose one way in: ingress.enabled or httpRoute.enabled." -}}
{{- end -}}
{{- if and (or $v.ingress.enabled $v.httpRoute.enabled) (not $v.trustedProxies) -}}
{{- fail "All users would count as one address: set trustedProxies to the network of the pods of your ingress controller or Gateway (kubectl get pods -A -o wide shows their addresses), such as trustedProxies={10.244.0.0/16}." -}}
{{- end -}}
{{- if and (or $v.console.ingress.enabled $v.console.httpRoute.enabled) (not $v.console.enabled) -}}
{{- fail "console.ingress and console.httpRoute need console.enabled=true." -}}
{{- end -}}
{{- range $what, $at := dict "ingress" $v.ingress "console.ingress" $v.console.ingress -}}
{{- if and $at.enabled (not $at.host) -}}
{{- fail (printf "%s needs a host name of its own: set %s.host." $what $what) -}}
{{- end -}}
{{- end -}}
{{- range $what, $at := dict "httpRoute" $v.httpRoute "console.httpRoute" $v.console.httpRoute -}}
{{- if and $at.enabled (or (not $at.parentRefs) (not $at.hostnames)) -}}
{{- fail (printf "%s needs the Gateway that it belongs to and its host names: set %s.parentRefs and %s.hostnames." $what $what $what) -}}
{{- end -}}
{{- end -}}
{{- if and $v.ingress.enabled $v.console.ingress.enabled (eq $v.ingress.host $v.console.ingress.host) -}}
{{- fail "The console needs another host name than the service: browsers send cookies to every port of a host." -}}
{{- end -}}
{{- end }}
