{{- define "sft-operator.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
{{- end }}

{{- define "sft-operator.selector" -}}
app.kubernetes.io/name: sft-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sft-operator.labels" -}}
{{ include "sft-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* All that the operator does with the API, and no more: it never reads a Secret. */}}
{{- define "sft-operator.rules" -}}
- apiGroups: [sftjob.io]
  resources: [sftjobs]
  verbs: [get, list, watch]
- apiGroups: [sftjob.io]
  resources: [sftjobs/status]
  verbs: [patch]
# Lets children hold back the deletion of their SFTJob where the cluster checks who may do that.
- apiGroups: [sftjob.io]
  resources: [sftjobs/finalizers]
  verbs: [update]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, create]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end }}
