{{/* Values files merge: who sets type Recreate has the default rollingUpdate beside it, which the API server refuses. */}}
{{- define "operator.strategy" -}}
{{- if eq (.type | default "RollingUpdate") "Recreate" }}
{{- omit . "rollingUpdate" | toYaml }}
{{- else }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{/* A probe has one way to ask: who sets another has the default httpGet beside it. */}}
{{- define "operator.probe" -}}
{{- if or .exec .tcpSocket .grpc }}
{{- omit . "httpGet" | toYaml }}
{{- else }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{/* How the pods resolve names. */}}
{{- define "operator.dns" -}}
{{- if and (eq .dnsPolicy "None") (not (dig "nameservers" list (.dnsConfig | default dict))) }}
{{- fail "operator.dnsPolicy is None: name the servers in operator.dnsConfig.nameservers" }}
{{- end }}
{{- with .dnsPolicy }}
dnsPolicy: {{ . | quote }}
{{- end }}
{{- with .dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The operator's variables, then the user's: a dict of root and token. */}}
{{- define "operator.environment" -}}
{{- $container := .root.Values.operator.operator }}
{{- $reserved := list "NAMESPACE" "POD_NAME" "WATCH_OTHER_NAMESPACES" "KUBE_IN_CLUSTER_CONFIG" "HTTP_API_PORT" "HEALTH_PORT" "WEB_PAGE" "EEVEE_OPERATOR_API_TOKEN" "KUBERNETES_CLUSTER_DOMAIN" "LOG_LEVEL" "LOG_FORMAT" "NATS_IMAGE" "NATS_EXPORTER_IMAGE" "EEVEE_OPERATOR_IMAGE" }}
{{- with $container.env }}
{{- if eq (toString .httpApiPort) (toString .healthPort) }}
{{- fail (printf "operator.operator.env.healthPort is %v, and so is operator.operator.env.httpApiPort: each needs a port of its own" .healthPort) }}
{{- end }}
{{- end }}
{{- $seen := dict }}
{{- range $container.extraEnv }}
{{- if hasKey $seen .name }}
{{- fail (printf "operator.operator.extraEnv sets %s twice: take one of the two out" .name) }}
{{- end }}
{{- $_ := set $seen .name true }}
{{- if has .name $reserved }}
{{- fail (printf "operator.operator.extraEnv sets %s, which the chart sets itself: take it out and use the value that the README names for it" .name) }}
{{- end }}
{{- end -}}
- name: NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: WATCH_OTHER_NAMESPACES
  value: {{ $container.env.watchOtherNamespaces | quote }}
- name: KUBE_IN_CLUSTER_CONFIG
  value: {{ $container.env.kubeInClusterConfig | quote }}
- name: HTTP_API_PORT
  value: {{ $container.env.httpApiPort | quote }}
- name: HEALTH_PORT
  value: {{ $container.env.healthPort | quote }}
- name: WEB_PAGE
  value: {{ $container.env.webPage | quote }}
- name: KUBERNETES_CLUSTER_DOMAIN
  value: {{ .root.Values.kubernetesClusterDomain | quote }}
- name: LOG_LEVEL
  value: {{ $container.env.logLevel | quote }}
- name: LOG_FORMAT
  value: {{ $container.env.logFormat | quote }}
{{- with include "operator.natsImage" (dict "root" .root "given" $container.env.natsImage "default" "docker.io/library/nats:2.15-alpine") }}
- name: NATS_IMAGE
  value: {{ . | quote }}
{{- end }}
{{- with include "operator.natsImage" (dict "root" .root "given" $container.env.natsExporterImage "default" "docker.io/natsio/prometheus-nats-exporter:0.20.1") }}
- name: NATS_EXPORTER_IMAGE
  value: {{ . | quote }}
{{- end }}
- name: EEVEE_OPERATOR_IMAGE
  value: {{ include "operator.image" .root | quote }}
- name: EEVEE_OPERATOR_API_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ include "operator.tokenSecret" .root | quote }}
      key: {{ include "operator.tokenKey" .root | quote }}
      {{- if .token.optional }}
      optional: true
      {{- end }}
{{- with $container.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
