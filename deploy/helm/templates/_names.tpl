{{- define "farhand.labels" -}}
app.kubernetes.io/name: farhand
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{- define "farhand.image" -}}
{{ .root.Values.image.registry }}farhand/{{ .service }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}
