{{- define "crds.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
app.kubernetes.io/name: crds
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: eevee.bot
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
The names of kind and listKind that a CRD is to have, as JSON. A live CRD cannot change them: it keeps what it has.
Where the cluster cannot be looked into (helm template, Argo CD), what it is said to serve decides.
*/}}
{{- define "crds.kinds" -}}
{{- $kind := .crd.spec.names.kind }}
{{- $live := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" .crd.metadata.name }}
{{- if $live }}
{{- dict "kind" $live.spec.names.kind "listKind" $live.spec.names.listKind | toJson }}
{{- else }}
{{- if .root.Capabilities.APIVersions.Has (printf "%s/v1/%s" .crd.spec.group (lower $kind)) }}
{{- $kind = lower $kind }}
{{- end }}
{{- dict "kind" $kind "listKind" (printf "%sList" $kind) | toJson }}
{{- end }}
{{- end }}
