{{/*
What the operator does, and nothing else. To apply is to patch, and to create what is not there. Claims are never
deleted. Which kinds are served it learns by discovery, which every account may use.
*/}}
{{- define "operator.rules" -}}
- apiGroups: [eevee.bot]
  resources: [botmodules, ipcconfigs, s3stores, backupschedules, backuprestores]
  verbs: [get, list, watch]
- apiGroups: [eevee.bot]
  resources: [backuprestores]
  verbs: [patch]
- apiGroups: [eevee.bot]
  resources: [botmodules/status, ipcconfigs/status, s3stores/status, backupschedules/status, backuprestores/status]
  verbs: [patch]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [batch]
  resources: [cronjobs]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch]
- apiGroups: [""]
  resources: [configmaps, secrets, services]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [get, list, watch, create, patch]
- apiGroups: [apps]
  resources: [replicasets]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end }}

{{/* The Lease by which one replica leads. A right to create cannot be limited to a name. */}}
{{- define "operator.leaseRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [eevee-operator]
  verbs: [get, update]
{{- end }}
