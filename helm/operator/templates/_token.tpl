{{/* The Secret that the operator has its token of. */}}
{{- define "operator.tokenSecret" -}}
{{- .Values.operatorApiToken.existingSecret | default "eevee-operator-api-token" }}
{{- end }}

{{- define "operator.tokenKey" -}}
{{- ternary .Values.operatorApiToken.existingSecretKey "token" (ne .Values.operatorApiToken.existingSecret "") }}
{{- end }}

{{/*
What becomes of the Secret eevee-operator-api-token, as JSON: `data`, base64, where this release is to keep it, and
`optional` where nobody is known to make it.

A list of Secrets tells an empty cluster from none: it has a kind then. Helm keeps its releases in Secrets, so that who
installs may list them.
*/}}
{{- define "operator.token" -}}
{{- $given := .Values.operatorApiToken }}
{{- $name := "eevee-operator-api-token" }}
{{- $live := lookup "v1" "Secret" .Release.Namespace $name | default dict }}
{{- $liveToken := dig "data" "token" "" $live }}
{{- $owner := dig "metadata" "annotations" "meta.helm.sh/release-name" "" $live }}
{{- $isOurs := eq $owner .Release.Name }}
{{- if $given.existingSecret }}
{{- include "operator.refuseStaleToken" (dict "root" . "live" $live "isOurs" $isOurs) }}
{{- dict "data" "" "optional" false | toJson }}
{{- else if $given.token }}
{{- dict "data" ($given.token | b64enc) "optional" false | toJson }}
{{- else if and $liveToken $isOurs }}
{{- dict "data" $liveToken "optional" false | toJson }}
{{- else if $liveToken }}
{{- dict "data" "" "optional" false | toJson }}
{{- else if hasKey (lookup "v1" "Secret" .Release.Namespace "") "kind" }}
{{- dict "data" (randAlphaNum 40 | b64enc) "optional" false | toJson }}
{{- else }}
{{- dict "data" "" "optional" true | toJson }}
{{- end }}
{{- end }}

{{/*
Modules have the token of eevee-operator-api-token, which the operator keeps equal to its own, unless somebody else made
it. One that this chart made, and that stays behind by its resource policy, would be somebody else's.
*/}}
{{- define "operator.refuseStaleToken" -}}
{{- $given := .root.Values.operatorApiToken }}
{{- if and .isOurs (ne $given.existingSecret "eevee-operator-api-token") }}
{{- $named := lookup "v1" "Secret" .root.Release.Namespace $given.existingSecret | default dict }}
{{- if ne (dig "data" $given.existingSecretKey "" $named) (dig "data" "token" "" .live) }}
{{- fail (printf "operatorApiToken.existingSecret is %q, but modules would go on with the token of Secret eevee-operator-api-token, which this release made before. Delete that one, and the operator makes it anew: kubectl delete secret eevee-operator-api-token --namespace %s" $given.existingSecret .root.Release.Namespace) }}
{{- end }}
{{- end }}
{{- end }}

{{/*
The revision of the release that gave the token its value, for an annotation that rolls the pods when it changes. A hash
in its place would help to guess a weak token.
*/}}
{{- define "operator.tokenRevision" -}}
{{- $live := lookup "v1" "Secret" .Release.Namespace "eevee-operator-api-token" | default dict }}
{{- $deployment := lookup "apps/v1" "Deployment" .Release.Namespace "eevee-operator" | default dict }}
{{- $revision := dig "spec" "template" "metadata" "annotations" "eevee.bot/api-token-revision" "" $deployment }}
{{- if and $live .data (ne .data (dig "data" "token" "" $live)) }}
{{- $revision = .Release.Revision | toString }}
{{- end }}
{{- $revision }}
{{- end }}
