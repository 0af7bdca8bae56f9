{{/* An Ingress. `at`: its values; `name`, `component`, `port`: of the Service behind it. */}}
{{- define "liveroom.ingress" -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .name }}
  labels:
    {{- include "liveroom.labels" (list .root .component) | nindent 4 }}
  {{- with .at.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .at.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .at.tlsSecret }}
  tls:
    - hosts: [{{ $.at.host | quote }}]
      secretName: {{ . }}
  {{- end }}
  rules:
    - host: {{ .at.host | quote }}
      http:
        paths:
          - path: {{ include "liveroom.basePath" .root }}
            pathType: Prefix
            backend:
              service:
                name: {{ .name }}
                port:
                  name: {{ .port }}
{{- end }}

{{/* An HTTPRoute, with the same arguments; `number`: the port of the Service. */}}
{{- define "liveroom.httpRoute" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ .name }}
  labels:
    {{- include "liveroom.labels" (list .root .component) | nindent 4 }}
  {{- with .at.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  parentRefs:
    {{- toYaml .at.parentRefs | nindent 4 }}
  hostnames:
    {{- toYaml .at.hostnames | nindent 4 }}
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: {{ include "liveroom.basePath" .root }}
      {{- with .at.timeouts }}
      timeouts:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      backendRefs:
        - name: {{ .name }}
          port: {{ .number }}
{{- end }}
