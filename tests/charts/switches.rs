//! Every switch of the charts, on and off.

/// Values of a chart, as a file would hold them, with a name for them.
pub struct Case {
    pub chart: &'static str,
    pub name: &'static str,
    pub values: &'static str,
    /// Kind and name of an object that is there with these values and not without them, or the other way round.
    pub decides: &'static str,
}

/// All switches of the operator's chart at once.
pub const EVERYTHING: &str = r#"
commonLabels: {team: chat}
commonAnnotations: {team: chat}
operatorApiToken: {token: a-token}
serviceAccount: {name: someone, automount: false, annotations: {team: chat}}
operator:
  replicas: 3
  strategy: {type: Recreate}
  nodeSelector: {kubernetes.io/os: linux}
  tolerations: [{key: chat, operator: Exists}]
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 1
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector: {matchLabels: {eevee.bot/operator: "true"}}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: topology.kubernetes.io/zone
      whenUnsatisfiable: ScheduleAnyway
      labelSelector: {matchLabels: {eevee.bot/operator: "true"}}
  priorityClassName: system-cluster-critical
  imagePullSecrets: [{name: registry}]
  runtimeClassName: gvisor
  dnsPolicy: Default
  dnsConfig: {nameservers: [192.0.2.53], searches: [example.org], options: [{name: ndots, value: "2"}, {name: edns0}]}
  hostAliases: [{ip: 192.0.2.1, hostnames: [proxy.example.org]}]
  deploymentAnnotations: {team: operators}
  deploymentLabels: {team: operators}
  podAnnotations: {team: chat}
  podLabels: {team: chat}
  extraVolumes: [{name: certificates, configMap: {name: certificates}}]
  operator:
    image: {digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
    resources: {limits: {memory: 128Mi}}
    env: {logFormat: json, watchOtherNamespaces: true, httpApiPort: 9001, healthPort: 9002, webPage: false, natsImage: "mirror:5000/nats:2", natsExporterImage: "mirror:5000/exporter:1"}
    extraEnv: [{name: HTTPS_PROXY, value: "http://proxy:3128"}]
    extraVolumeMounts: [{name: certificates, mountPath: /certificates}]
    startupProbe: {httpGet: {path: /livez, port: health}, failureThreshold: 30}
eeveeOperatorService: {type: NodePort, annotations: {team: chat}}
networkPolicy:
  enabled: true
  from: [{namespaceSelector: {}}]
  egress: [{ports: [{port: 443}, {port: 53, protocol: UDP}]}]
metrics:
  serviceMonitor: &monitor
    enabled: true
    labels: {release: prometheus}
    interval: 30s
    scrapeTimeout: 10s
    relabelings: [{targetLabel: cluster, replacement: home}]
    metricRelabelings: [{action: labeldrop, regex: app}]
  podMonitor: *monitor
  botPodMonitors: *monitor
  prometheusRule: {enabled: true, labels: {release: prometheus}, alertLabels: {team: chat}}
  dashboard: {enabled: true, annotations: {folder: chat}}
extraObjects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: '{{ .Release.Name }}-certificates'}
    data: {authority.pem: '{{ .Release.Namespace | quote }}'}
"#;

/// What a cluster needs that pulls from a registry of its own.
pub const MIRRORED: &str = r"
global:
  imageRegistry: registry.example.org:5000/mirror
  imagePullSecrets: [registry, {name: another}]
";

/// Objects of a user's own, as texts.
const EXTRA_TEXTS: &str = r#"
extraObjects:
  - |
    {{- if .Values.commonLabels }}
    nothing: of this
    {{- end }}
  - |
    # Two of them.
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ printf "%s-first" .Release.Name }}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: second}
"#;

/// A bot of two modules, one of which is backed up.
pub const BOT: &str = r#"
name: my-bot
commonLabels: {team: chat}
ipcConfig:
  name: main
  spec: {nats: {managed: {replicas: 3}, token: {secretKeyRef: {secret: {name: my-token}}}}}
botModules:
  - name: router
    spec: {image: "router:1", ipcConfig: main, metrics: true}
  - name: echo
    spec:
      image: "echo:1"
      enabled: false
      ipcConfig: main
      # What is commented out in a values file leaves a null.
      resources:
      moduleConfig: |
        # {{ not a template }}
        ratelimit: {limit: 5}
      persistentVolumeClaim: {resources: {requests: {storage: 1Gi}}}
      backupSchedule: {name: nightly}
backupStore:
  name: attic
  spec:
    endpoint: https://s3.example.org
    bucket: bots
    accessId: {secretKeyRef: {secret: {name: attic}, key: id}}
    accessKey: {secretKeyRef: {secret: {name: attic}, key: key}}
    region:
backupSchedules:
  - name: nightly
    spec: {schedule: '0 3 * * *', s3Store: {name: attic}, keep: {daily: 7}, drill: {schedule: '@weekly'}}
  - name: hourly
    spec: {schedule: '@hourly', s3Store: {name: attic}}
"#;

/// A store without schedules, and schedules that write to a store of others.
const STORE: &str = "backupStore: {name: attic, spec: {endpoint: 'https://s3.example.org', bucket: bots, accessId: {secretKeyRef: {secret: {name: attic}, key: id}}, accessKey: {secretKeyRef: {secret: {name: attic}, key: key}}}}";
const SCHEDULE: &str =
    "backupSchedules: [{name: nightly, spec: {schedule: '@daily', s3Store: {name: attic}}}]";

const TAG_WITH_DIGEST: &str = "operator: {operator: {image: {tag: 'v1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}, livenessProbe: {exec: {command: [a]}}}}";

const fn case(
    chart: &'static str,
    name: &'static str,
    values: &'static str,
    decides: &'static str,
) -> Case {
    Case { chart, name, values, decides }
}

/// One switch each. Without a switch the chart has its defaults.
pub const SWITCHES: [Case; 20] = [
    case("crds", "not aggregated", "rbac: {aggregate: false}", "ClusterRole eevee-bot-view"),
    case("operator", "token", "operatorApiToken: {token: x}", "Secret eevee-operator-api-token"),
    case(
        "operator",
        "account of others",
        "serviceAccount: {create: false, name: someone}",
        "ServiceAccount eevee-operator",
    ),
    case("operator", "rights of others", "rbac: {create: false}", "Role eevee-operator-role"),
    case(
        "operator",
        "all namespaces",
        "operator: {operator: {env: {watchOtherNamespaces: true}}}",
        "ClusterRole eevee-operator-cluster-role",
    ),
    case("operator", "replicas", "operator: {replicas: 2}", "PodDisruptionBudget eevee-operator"),
    case(
        "operator",
        "network policy",
        "networkPolicy: {enabled: true}",
        "NetworkPolicy eevee-operator",
    ),
    case(
        "operator",
        "service monitor",
        "metrics: {serviceMonitor: {enabled: true}}",
        "ServiceMonitor eevee-operator",
    ),
    case(
        "operator",
        "pod monitor",
        "metrics: {podMonitor: {enabled: true}}",
        "PodMonitor eevee-operator",
    ),
    case(
        "operator",
        "monitors of bots",
        "metrics: {botPodMonitors: {enabled: true}}",
        "PodMonitor eevee-nats",
    ),
    case(
        "operator",
        "alerts",
        "metrics: {prometheusRule: {enabled: true}}",
        "PrometheusRule eevee-operator",
    ),
    case(
        "operator",
        "dashboard",
        "metrics: {dashboard: {enabled: true}}",
        "ConfigMap eevee-operator-dashboard",
    ),
    case("bot", "NATS of others", "ipcConfig: {create: false}", "IpcConfig eevee-bot"),
    case("bot", "backup store", STORE, "S3Store attic"),
    case("bot", "backup schedules", SCHEDULE, "BackupSchedule nightly"),
    case("bot", "no test", "test: {enabled: false}", "Pod eevee-test-ready"),
    case("operator", "objects of one's own", EXTRA_TEXTS, "ConfigMap eevee-first"),
    case("bot", "objects of one's own", EXTRA_TEXTS, "ConfigMap second"),
    case("eevee", "bot alone", "operator: {enabled: false}", "Deployment eevee-operator"),
    case("eevee", "operator alone", "bot: {enabled: false}", "IpcConfig eevee-bot"),
];

/// Values in which much is set at once.
pub const WHOLES: [Case; 9] = [
    case("operator", "everything", EVERYTHING, ""),
    case(
        "operator",
        "no disruption budget",
        "{operator: {replicas: 2}, podDisruptionBudget: {enabled: false}}",
        "",
    ),
    case("operator", "a tag with a digest", TAG_WITH_DIGEST, ""),
    case("operator", "a mirror", MIRRORED, ""),
    case("bot", "two modules", BOT, ""),
    case("bot", "a mirror", MIRRORED, ""),
    case("crds", "a mirror", MIRRORED, ""),
    case(
        "eevee",
        "both",
        "{operator: {operator: {replicas: 2}}, bot: {botModules: [{name: echo, spec: {image: a}}]}}",
        "",
    ),
    case("eevee", "a mirror", MIRRORED, ""),
];
