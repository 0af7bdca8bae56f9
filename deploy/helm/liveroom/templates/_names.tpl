{{- define "liveroom.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "liveroom.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end }}

{{/* Labels of everything but pods that serve; a list of the context and the component. */}}
{{- define "liveroom.labels" -}}
{{- $component := index . 1 -}}
{{- with index . 0 -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ $component }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}
{{- end }}

{{- define "liveroom.image" -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end }}

{{- define "liveroom.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "liveroom.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{/* "true" where more than one pod may serve. */}}
{{- define "liveroom.isMany" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) -}}true{{- end -}}
{{- end }}

{{/* "true" where a new pod may serve beside the one that it replaces. */}}
{{- define "liveroom.canOverlap" -}}
{{- $isShared := or (not .Values.persistence.enabled) (has "ReadWriteMany" .Values.persistence.accessModes) -}}
{{- if and .Values.database.existingSecret .Values.redis.existingSecret $isShared -}}true{{- end -}}
{{- end }}

{{/* The path below which everything is served: "/", or that of LIVEROOM_BASE_PATH. */}}
{{- define "liveroom.basePath" -}}
{{- printf "/%s" (trimAll "/" (toString (default "" .Values.settings.LIVEROOM_BASE_PATH))) -}}
{{- end }}
