{{- define "farhand.labels" -}}
app.kubernetes.io/name: farhand
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{- define "farhand.image" -}}
{{ .root.Values.image.registry }}farhand/{{ .service }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "farhand.operations" -}}
{{- $found := list }}
{{- range $service, $given := .root.Values.services }}
{{- $found = append $found (printf "%s=http://farhand-%s" $service $service) }}
{{- end }}
{{- join "," $found }}
{{- end }}

{{- define "farhand.secure" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "farhand.environment" -}}
- { name: FARHAND_KAFKA, value: {{ .root.Values.kafka.bootstrap | quote }} }
{{- if ne .root.Values.kafka.protocol "PLAINTEXT" }}
- { name: FARHAND_KAFKA_PROTOCOL, value: {{ .root.Values.kafka.protocol }} }
- { name: FARHAND_KAFKA_MECHANISM, value: {{ .root.Values.kafka.mechanism }} }
- { name: FARHAND_KAFKA_USER, value: {{ .service }} }
{{- with .root.Values.kafka.ca }}
- { name: FARHAND_KAFKA_CA, value: {{ . | quote }} }
{{- end }}
{{- end }}
- name: FARHAND_POSTGRES
  value: postgresql://{{ .service }}@{{ .root.Values.postgres.host }}:{{ .root.Values.postgres.port }}/farhand?passfile=/run/farhand/secrets/pgpass{{ .root.Values.postgres.parameters }}
- name: FARHAND_KEYS
  value: postgresql://{{ .service }}@{{ .root.Values.postgres.host }}:{{ .root.Values.postgres.port }}/farhand_keys?passfile=/run/farhand/secrets/pgpass{{ .root.Values.postgres.parameters }}
- { name: FARHAND_REDIS, value: {{ .root.Values.redis.url | quote }} }
- { name: FARHAND_OTLP, value: {{ .root.Values.tracing.otlp | quote }} }
- { name: FARHAND_ZIPKIN, value: {{ .root.Values.tracing.zipkin | quote }} }
- { name: FARHAND_SMTP, value: {{ .root.Values.smtp | quote }} }
- { name: FARHAND_CONSOLE, value: {{ .root.Values.console | quote }} }
{{- if and (eq .service "console") .root.Values.oidc.issuer }}
- { name: FARHAND_OIDC_ISSUER, value: {{ .root.Values.oidc.issuer | quote }} }
- { name: FARHAND_OIDC_CLIENT, value: {{ required "oidc.client is what the console is to the provider" .root.Values.oidc.client | quote }} }
- { name: FARHAND_OIDC_NAME, value: {{ .root.Values.oidc.name | quote }} }
- { name: FARHAND_OIDC_ROLES, value: /etc/farhand/roles.yaml }
{{- end }}
{{- with .root.Values.scim }}
{{- if eq $.service "onboarding" }}
- { name: FARHAND_SCIM, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- if eq .service "console" }}
- { name: FARHAND_OPERATIONS, value: {{ include "farhand.operations" . | quote }} }
{{- end }}
- { name: FARHAND_PARTITIONS, value: {{ .root.Values.partitions | quote }} }
- { name: FARHAND_REPLICAS, value: {{ .root.Values.replicas | quote }} }
{{- range $name, $value := .given.env }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
