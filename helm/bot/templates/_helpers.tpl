{{/* The kind that the cluster serves: CRDs up to 2.4.3 have lowercase kinds, and a live CRD cannot change its. */}}
{{- define "bot.kind" -}}
{{- $lower := lower .kind }}
{{- ternary $lower .kind (.root.Capabilities.APIVersions.Has (printf "eevee.bot/v1/%s" $lower)) }}
{{- end }}

{{- define "bot.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: {{ .Values.name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A resource: a dict of root, kind, name and spec. */}}
{{- define "bot.resource" -}}
apiVersion: eevee.bot/v1
kind: {{ include "bot.kind" . | quote }}
metadata:
  name: {{ .name | quote }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "bot.labels" .root | nindent 4 }}
  {{- with .root.Values.commonAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- $spec := deepCopy .spec }}
  {{- include "bot.dropNulls" $spec }}
  {{- include "bot.pullSecrets" (dict "root" .root "kind" .kind "spec" $spec) }}
  {{- toYaml $spec | nindent 2 }}
{{- end }}

{{/*
The Secrets of the globals are what images are pulled with where a module, or the NATS server, names none: an empty list
asks for none. A dict of root, kind and spec, which is changed.
*/}}
{{- define "bot.pullSecrets" -}}
{{- $secrets := include "eevee.pullSecrets" (dict "root" .root) | fromJsonArray }}
{{- if not $secrets }}
{{- else if eq .kind "BotModule" }}
{{- include "bot.pullSecretsOf" (dict "pods" .spec "secrets" $secrets) }}
{{- else if eq .kind "IpcConfig" }}
{{- $nats := .spec.nats | default dict }}
{{- $managed := $nats.managed | default dict }}
{{- if ne (toString $managed.enabled) "false" }}
{{- include "bot.pullSecretsOf" (dict "pods" $managed "secrets" $secrets) }}
{{- $_ := set .spec "nats" (set $nats "managed" $managed) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "bot.pullSecretsOf" -}}
{{- if not (hasKey .pods "imagePullSecrets") }}
{{- $_ := set .pods "imagePullSecrets" .secrets }}
{{- end }}
{{- end }}

{{/* A key whose value is commented out is null, which to the API server is not the same as absent. */}}
{{- define "bot.dropNulls" -}}
{{- if kindIs "map" . }}
{{- range $key, $value := . }}
{{- if kindIs "invalid" $value }}
{{- $_ := unset $ $key }}
{{- else }}
{{- include "bot.dropNulls" $value }}
{{- end }}
{{- end }}
{{- else if kindIs "slice" . }}
{{- range . }}
{{- include "bot.dropNulls" . }}
{{- end }}
{{- end }}
{{- end }}

{{/* What cannot be said in values.schema.json, or not clearly. */}}
{{- define "bot.check" -}}
{{- include "bot.checkNames" (dict "list" .Values.botModules "key" "botModules" "what" "modules") }}
{{- include "bot.checkNames" (dict "list" .Values.backupSchedules "key" "backupSchedules" "what" "schedules") }}
{{- end }}

{{- define "bot.checkNames" -}}
{{- $seen := dict }}
{{- range .list }}
{{- if hasKey $seen .name }}
{{- fail (printf "%s: two %s are called %q: give one of them another name" $.key $.what .name) }}
{{- end }}
{{- $_ := set $seen .name true }}
{{- end }}
{{- end }}
