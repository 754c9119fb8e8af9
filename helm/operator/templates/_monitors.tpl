{{/*
The endpoints of a ServiceMonitor or PodMonitor: a dict of port and values. Labels of what is scraped win: `namespace`
is the module's, not the operator's.
*/}}
{{- define "operator.endpoint" -}}
{{- $endpoint := dict "port" .port "path" "/metrics" "honorLabels" true }}
{{- range $field := list "interval" "scrapeTimeout" "relabelings" "metricRelabelings" }}
{{- with get $.values $field }}
{{- $_ := set $endpoint $field . }}
{{- end }}
{{- end }}
{{- list $endpoint | toYaml }}
{{- end }}
