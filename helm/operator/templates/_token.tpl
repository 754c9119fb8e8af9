{{/* The Secret that the operator has its token of. */}}
{{- define "operator.tokenSecret" -}}
{{- .Values.operatorApiToken.existingSecret | default "eevee-operator-api-token" }}
{{- end }}

{{- define "operator.tokenKey" -}}
{{- ternary "token" .Values.operatorApiToken.existingSecretKey (empty .Values.operatorApiToken.existingSecret) }}
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
{{- $isOwn := eq $owner .Release.Name }}
{{- include "operator.refuseCopy" (dict "root" . "live" $live) }}
{{- if $given.existingSecret }}
{{- include "operator.refuseStaleToken" (dict "root" . "live" $live "isOwn" $isOwn) }}
{{- dict "data" "" "optional" false | toJson }}
{{- else if and $given.token $live (not $isOwn) }}
{{- include "operator.refuseOtherToken" (dict "root" . "liveToken" $liveToken) }}
{{- dict "data" "" "optional" false | toJson }}
{{- else if $given.token }}
{{- dict "data" ($given.token | b64enc) "optional" false | toJson }}
{{- else if and $liveToken $isOwn }}
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
{{- if and .isOwn (ne $given.existingSecret "eevee-operator-api-token") }}
{{- $named := lookup "v1" "Secret" .root.Release.Namespace $given.existingSecret | default dict }}
{{- if ne (dig "data" $given.existingSecretKey "" $named) (dig "data" "token" "" .live) }}
{{- fail (printf "operatorApiToken.existingSecret is %q, but modules would go on with the token of Secret eevee-operator-api-token, which this release made before. Delete that one, and the operator makes it again: kubectl delete secret eevee-operator-api-token --namespace %s" $given.existingSecret .root.Release.Namespace) }}
{{- end }}
{{- end }}
{{- end }}

{{/*
With an existingSecret the operator makes eevee-operator-api-token itself where modules ask for it, and deletes it with
the last of them. While it runs it makes a deleted one again.
*/}}
{{- define "operator.refuseCopy" -}}
{{- $source := .root.Values.operatorApiToken.existingSecret | default "eevee-operator-api-token" }}
{{- $mark := dig "metadata" "annotations" "eevee.bot/generated-by" "" .live }}
{{- if and $mark (eq $source "eevee-operator-api-token") }}
{{- $namespace := .root.Release.Namespace }}
{{- $stop := printf "kubectl delete deployment eevee-operator --namespace %s --cascade=foreground --ignore-not-found" $namespace }}
{{- $delete := printf "kubectl delete secret eevee-operator-api-token --namespace %s" $namespace }}
{{- fail (printf "Secret eevee-operator-api-token is the operator's own copy, for modules, of a token that operatorApiToken.existingSecret named, and goes with the last of these modules. Stop the operator, delete the Secret, and install again: %s && %s" $stop $delete) }}
{{- end }}
{{- end }}

{{/* A given token cannot be written into a Secret of another release, or of somebody's. */}}
{{- define "operator.refuseOtherToken" -}}
{{- if ne (.root.Values.operatorApiToken.token | b64enc) .liveToken }}
{{- fail (printf "operatorApiToken.token is not the token of Secret eevee-operator-api-token, which is there already and which this release did not make. Leave operatorApiToken.token empty to go on with the one in the Secret, or delete the Secret, and this release makes it again: kubectl delete secret eevee-operator-api-token --namespace %s" .root.Release.Namespace) }}
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
