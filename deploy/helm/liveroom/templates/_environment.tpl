{{/* The environment of every container: what the chart decides, what the values set, what Secrets hold. */}}
{{- define "liveroom.environment" -}}
env:
  - name: LIVEROOM_HOST
    value: 0.0.0.0
  - name: LIVEROOM_PORT
    value: "9000"
  - name: LIVEROOM_DATA_DIR
    value: /data
  - name: LIVEROOM_WORKERS
    value: "1"
  - name: LIVEROOM_SHUTDOWN_GRACE
    value: {{ .Values.shutdown.graceSeconds }}s
  {{- if .Values.console.enabled }}
  - name: LIVEROOM_CONSOLE_HOST
    value: 0.0.0.0
  - name: LIVEROOM_CONSOLE_PORT
    value: {{ .Values.console.port | quote }}
  {{- else }}
  - name: LIVEROOM_CONSOLE
    value: "off"
  {{- end }}
  - name: LIVEROOM_METRICS
    value: {{ ternary "console" "off" .Values.metrics.enabled | quote }}
  {{- with .Values.trustedProxies }}
  - name: LIVEROOM_TRUSTED_PROXIES
    value: {{ join "," . | quote }}
  {{- end }}
  {{- range $name, $value := .Values.settings }}
  - name: {{ $name }}
    {{- /* Numbers reach templates as floats, and 1000000 would be written 1e+06. */}}
    {{- $isWhole := and (kindIs "float64" $value) (eq (floor $value) (float64 $value)) }}
    value: {{ ternary (printf "%.0f" (float64 $value)) (toString $value) $isWhole | quote }}
  {{- end }}
  {{- $names := dict "database" "LIVEROOM_DATABASE_URL" "redis" "LIVEROOM_REDIS_URL" "signing" "LIVEROOM_SECRET" }}
  {{- range $part := list "database" "redis" "signing" }}
  {{- with index $.Values $part }}
  {{- if .existingSecret }}
  - name: {{ index $names $part }}
    valueFrom:
      secretKeyRef:
        name: {{ .existingSecret }}
        key: {{ .key }}
  {{- end }}
  {{- end }}
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.extraSecrets }}
envFrom:
  {{- range . }}
  - secretRef:
      name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* What every pod of this chart has. Without enableServiceLinks: false, Kubernetes would put LIVEROOM_PORT=tcp://… and
     LIVEROOM_SERVICE_HOST into the environment, because a Service is called liveroom: then nothing starts. */}}
{{- define "liveroom.pod" -}}
enableServiceLinks: false
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* What every container of this chart has. */}}
{{- define "liveroom.container" -}}
image: {{ include "liveroom.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.containerSecurityContext | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- end }}
