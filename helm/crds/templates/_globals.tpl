{{/*
What charts crds, operator and bot have in common. The file is that of chart operator: make chart-files copies it.
*/}}

{{/* An image, from the registry of the globals where they name one: a dict of root and image. */}}
{{- define "eevee.image" -}}
{{- $registry := (.root.Values.global | default dict).imageRegistry }}
{{- if $registry }}
{{- $parts := splitList "/" .image }}
{{- $first := first $parts }}
{{- if and (gt (len $parts) 1) (or (contains "." $first) (contains ":" $first) (eq $first "localhost")) }}
{{- $parts = rest $parts }}
{{- end }}
{{- prepend $parts $registry | join "/" }}
{{- else }}
{{- .image }}
{{- end }}
{{- end }}

{{/* The Secrets that the pods of a chart pull with, as a list: its own, then those of the globals. A dict of root and own. */}}
{{- define "eevee.pullSecrets" -}}
{{- $secrets := list }}
{{- range concat (.own | default list) ((.root.Values.global | default dict).imagePullSecrets | default list) }}
{{- $secret := . }}
{{- if kindIs "string" . }}
{{- $secret = dict "name" . }}
{{- end }}
{{- if not (has $secret $secrets) }}
{{- $secrets = append $secrets $secret }}
{{- end }}
{{- end }}
{{- $secrets | toJson }}
{{- end }}

{{/* Objects of the user's own, each a map or a text of YAML: a dict of root and objects. */}}
{{- define "eevee.extraObjects" -}}
{{- $root := .root }}
{{- range $index, $given := .objects }}
{{- $text := tpl (ternary $given (toYaml $given) (kindIs "string" $given)) $root }}
{{- range regexSplit "(?m)^---[ \t]*$" $text -1 }}
{{- $object := fromYaml . }}
{{- if $object.Error }}
{{- fail (printf "extraObjects[%d] is no YAML once its templates are filled in: %s" $index $object.Error) }}
{{- end }}
{{- if $object }}
{{- if not (and $object.apiVersion $object.kind (or (dig "metadata" "name" "" $object) (dig "metadata" "generateName" "" $object))) }}
{{- fail (printf "extraObjects[%d] is no object of Kubernetes: it needs apiVersion, kind and metadata.name" $index) }}
{{- end }}
---
{{ trim . }}
{{ end }}
{{- end }}
{{- end }}
{{- end }}
