{{/* What pods are selected by can never change: the same for every release of today's users. */}}
{{- define "operator.selectorLabels" -}}
eevee.bot/operator: "true"
app.kubernetes.io/name: operator
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{ include "operator.selectorLabels" . }}
app.kubernetes.io/version: {{ include "operator.version" . | quote }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: eevee.bot
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The tag of the image, as far as a label can hold it. */}}
{{- define "operator.version" -}}
{{- $tag := .Values.operator.operator.image.tag | default .Chart.AppVersion }}
{{- regexReplaceAll "^[^A-Za-z0-9]+|[^A-Za-z0-9]+$" ($tag | splitList "@" | first | trunc 63) "" }}
{{- end }}

{{/* The metadata of an object: a dict of root, name, and maybe labels and annotations of its own. */}}
{{- define "operator.metadata" -}}
{{- $root := .root -}}
name: {{ .name | quote }}
labels:
  {{- $labels := include "operator.labels" $root }}
  {{- with .labels }}
  {{- /* A label may be among the common ones, too. */}}
  {{- $labels = merge (dict) . ($labels | fromYaml) | toYaml }}
  {{- end }}
  {{- $labels | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) ($root.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "operator.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default "eevee-operator" }}
{{- end }}

{{- define "operator.image" -}}
{{- $image := .Values.operator.operator.image }}
{{- $name := printf "%s:%s" $image.repository ($image.tag | default .Chart.AppVersion) }}
{{- if $image.digest }}
{{- $name = printf "%s@%s" $image.repository $image.digest }}
{{- end }}
{{- include "eevee.image" (dict "root" . "image" $name) }}
{{- end }}

{{/*
An image of NATS: the one that is given, or the operator's own default from the registry of the globals. Empty where the
operator is to take its default as it is. A dict of root, given and default.
*/}}
{{- define "operator.natsImage" -}}
{{- if .given }}
{{- .given }}
{{- else if (.root.Values.global | default dict).imageRegistry }}
{{- include "eevee.image" (dict "root" .root "image" .default) }}
{{- end }}
{{- end }}

{{/* "true" where all namespaces are watched. Former values files write it as a text. */}}
{{- define "operator.watchesAll" -}}
{{- if eq (.Values.operator.operator.env.watchOtherNamespaces | toString | lower) "true" }}true{{ end }}
{{- end }}
